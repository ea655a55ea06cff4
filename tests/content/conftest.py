from pathlib import Path

import pytest

from tests.content.git_site import GitSite


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> GitSite:
    """An empty repository, and an empty database."""
    (folder := tmp_path / "site").mkdir()
    return GitSite(folder, database_url)
