"""A database for tests of the rollups."""

from pathlib import Path

import pytest

from tests.parsing import Parsed
from tests.rollups.building import Warehouse


@pytest.fixture
def warehouse(built_database_url: str, parsed: Parsed, tmp_path: Path) -> Warehouse:
    parsed.give(built_database_url, tmp_path)
    return Warehouse(built_database_url, tmp_path)
