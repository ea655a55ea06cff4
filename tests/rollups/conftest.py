"""A database for tests of the rollups."""

from pathlib import Path

import pytest

from tests.parsing import Parsed
from tests.rollups.building import Warehouse


@pytest.fixture
def warehouse(database_url: str, parsed: Parsed, tmp_path: Path) -> Warehouse:
    parsed.give(database_url, tmp_path)
    return Warehouse(database_url, tmp_path)
