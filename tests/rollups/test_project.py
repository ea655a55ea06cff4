"""What holds of every model, read from the project as dbt parsed it."""

import json
from pathlib import Path

import pytest

from orchestration.rollups.dbt_project import day_columns, nodes, parsed_project
from orchestration.settings import PROJECT_ROOT, Settings
from tests.parsing import Parsed, database_name


@pytest.fixture
def project(parsed: Parsed, tmp_path: Path) -> Path:
    """The folder of the parsed project."""
    url = f"postgresql://somebody@localhost/{database_name()}"
    parsed.give(url, tmp_path)
    return parsed_project(url, Settings(home=tmp_path))


def test_a_day_counts_as_built_only_if_every_table_of_days_holds_it(project: Path):
    reads = json.loads((project / "manifest.json").read_text())["parent_map"]
    waiting, written_before = ["model.dogear.built_days"], set()
    while waiting:
        name = waiting.pop()
        written_before.add(name.split(".")[2])
        waiting += reads.get(name, [])
    missing = {name.split(".")[1] for name in day_columns(project)} - written_before
    assert not missing, f"list {sorted(missing)} in dbt_project/models/marts/built_days.sql"


def test_the_readme_lists_every_mart(project: Path):
    readme = (PROJECT_ROOT / "README.md").read_text()
    marts = [name for name in nodes(project, "incremental", "view", "materialized_view", "table") if "marts." in name]
    assert len(marts) > 20
    missing = [name for name in marts if f"`{name}`" not in readme]
    assert not missing, f"list {missing} under Tables in README.md"
