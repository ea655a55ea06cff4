"""Macros that stand in place of dbt's own: each says of which version, and is looked at again when that changes."""

import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

import dbt.include.global_project
import pytest

from orchestration.rollups.dbt_project import DBT_PROJECT

MACROS = DBT_PROJECT / "macros"
OVERRIDES = sorted((MACROS / "overrides").glob("*.sql"))
# Where each package keeps its macros.
INCLUDED = Path(dbt.include.global_project.PACKAGE_PATH).parent
PACKAGES = {"dbt-adapters": "global_project", "dbt-postgres": "postgres", "dbt-duckdb": "duckdb"}
DEFINED = re.compile(r"{%-?\s*macro\s+(\w+)")
IN_PLACE_OF = re.compile(r"{# In place of (\w+), (dbt-\w+) (\d+\.\d+): ")


@cache
def defined(folder: Path) -> dict[str, Path]:
    """The file of each macro below a folder."""
    return {name: file for file in folder.rglob("*.sql") for name in DEFINED.findall(file.read_text())}


def without_adapter(macro: str) -> str:
    return re.sub(r"^(default|postgres|duckdb)__", "", macro)


@pytest.mark.parametrize("file", OVERRIDES, ids=lambda file: file.stem)
def test_an_override_was_compared_with_the_installed_dbt(file: Path):
    found = IN_PLACE_OF.match(file.read_text())
    assert found, "It begins with: In place of MACRO, PACKAGE MAJOR.MINOR: why"
    macro, package, compared = found.groups()
    theirs = defined(INCLUDED / PACKAGES[package] / "macros").get(macro)
    assert theirs, f"{package} {version(package)} has no {macro}: is {file.name} still called?"
    installed = ".".join(version(package).split(".")[:2])
    assert compared == installed, (
        f"{file.name} was written for {package} {compared}; {installed} is installed. "
        f"Compare it with {macro} in {theirs}, then write {installed} in its first line."
    )
    assert file.stem == without_adapter(macro) in map(without_adapter, DEFINED.findall(file.read_text()))


def test_macros_that_replace_those_of_dbt_stand_in_one_folder():
    of_dbt = {without_adapter(name) for folder in PACKAGES.values() for name in defined(INCLUDED / folder / "macros")}
    replacing = {file for name, file in defined(MACROS).items() if without_adapter(name) in of_dbt}
    assert replacing == {*OVERRIDES}
