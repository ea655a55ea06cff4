"""Tests stand where a reader looks for them: in the folder of the same name as what they test."""

from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import PROJECT_ROOT

TESTS = PROJECT_ROOT / "tests"
# What goes through all of Dogear.
WHOLE = TESTS / "e2e"


def folders_of_tests() -> Iterator[Path]:
    for folder in {file.parent for file in TESTS.rglob("test_*.py")} - {TESTS}:
        if not folder.is_relative_to(WHOLE):
            yield folder.relative_to(TESTS)


def test_each_folder_of_tests_mirrors_one_of_dogear() -> None:
    tested = PROJECT_ROOT / "orchestration", PROJECT_ROOT
    assert [at for at in folders_of_tests() if not any((above / at).is_dir() for above in tested)] == []
