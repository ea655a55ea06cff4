"""The file of the warehouse: who reads it sees the old one, or the new one."""

from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse.warehouse import staging_file
from orchestration.warehouse.warehouse_command import means_warehouse


def write(path: Path, answer: int, *, is_good: bool = True, is_empty: bool = True) -> None:
    with staging_file(path, is_empty=is_empty) as writing:
        with duckdb.connect(str(writing.file)) as connection:
            connection.execute(f"create or replace table answers as select {answer} as answer")
            connection.execute("create or replace view answered as from warehouse.answers")
        writing.is_good = is_good


def answer(path: Path) -> list[tuple[int]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute("from answered").fetchall()


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    write(path, 1)
    return path


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_new_one_takes_the_place_of_the_old_one_under_its_readers(warehouse: Path, is_empty: bool):
    with duckdb.connect(str(warehouse), read_only=True) as reader:
        write(warehouse, 2, is_empty=is_empty)
        assert reader.execute("from answered").fetchall() == [(1,)]
    assert answer(warehouse) == [(2,)]


def test_one_that_failed_leaves_the_old_one(warehouse: Path):
    write(warehouse, 2, is_good=False)
    with pytest.raises(RuntimeError, match="no dbt"), staging_file(warehouse, is_empty=True):
        raise RuntimeError("no dbt")
    assert answer(warehouse) == [(1,)]
    assert sorted(file.name for file in warehouse.parent.iterdir()) == ["warehouse.duckdb", "warehouse.duckdb.lock"]


def test_what_a_killed_process_has_left_is_in_nobodys_way(warehouse: Path):
    left = warehouse.with_name("warehouse.duckdb.building")
    left.mkdir()
    (left / "warehouse.duckdb").write_text("half of it")
    write(warehouse, 2)
    assert answer(warehouse) == [(2,)]
    assert not left.exists()


@pytest.mark.parametrize(
    ("arguments", "is_meant"),
    [
        (["build", "--target", "duckdb"], True),
        (["--quiet", "ls", "--target=duckdb"], True),
        (["build", "-t", "duckdb"], True),
        (["build", "--target", "postgres"], False),
        (["build", "--select", "duckdb"], False),
    ],
)
def test_which_commands_of_dbt_mean_the_warehouse(arguments: list[str], is_meant: bool):
    assert means_warehouse(arguments) is is_meant
