"""A site for each case."""

from pathlib import Path

import pytest

from tests.e2e.cases.case_site import CaseSite
from tests.parsing import Parsed
from tests.rollups.building import Warehouse


@pytest.fixture
def site(built_database_url: str, parsed: Parsed, tmp_path: Path) -> CaseSite:
    parsed.give(built_database_url, tmp_path)
    return CaseSite(Warehouse(built_database_url, tmp_path))
