"""Tests stand where a reader looks for them: in the folder of the same name as what they test."""

from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

TESTS = PROJECT_ROOT / "tests"
# What goes through all of Dogear, and what analysts see: marts, functions and their role.
WHOLE = (TESTS / "e2e", TESTS / "analysts")


def folders_of_tests() -> Iterator[Path]:
    for folder in {file.parent for file in TESTS.rglob("test_*.py")} - {TESTS}:
        if not any(folder.is_relative_to(whole) for whole in WHOLE):
            yield folder.relative_to(TESTS)


def test_each_folder_of_tests_mirrors_one_of_dogear() -> None:
    tested = PROJECT_ROOT / "orchestration", PROJECT_ROOT
    assert [at for at in folders_of_tests() if not any((above / at).is_dir() for above in tested)] == []
