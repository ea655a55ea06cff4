from pathlib import Path

import pytest

from orchestration.settings import Settings
from tests.lake.lake import Lake


@pytest.fixture
def lake(database_url: str, tmp_path: Path) -> Lake:
    return Lake(database_url, Settings(home=tmp_path / "home"))
