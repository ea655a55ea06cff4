"""The DuckDB warehouse: one file with every model that dbt builds in PostgreSQL, made of the lake by the same project.

DuckDB lets one process write a file, and none read it meanwhile. So a staging file is written, and replaces the old
one only on success: a reader has either the old file open or the new one, and never half of it.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import DogearError
from orchestration.lake.columns import columns_of
from orchestration.lake.reader import make_events
from orchestration.lake.storage import open_lake
from orchestration.lake.tables import EVENTS
from orchestration.lake.warehouse_file import warehouse_file
from orchestration.resources.duckdb_engine import locked_duckdb, open_duckdb
from orchestration.resources.postgres import connect
from orchestration.resources.storage_urls import storage_place
from orchestration.rollups.dbt_project import (
    DBT_COMMAND,
    DBT_PROJECT,
    dbt_environment,
    parsed_project,
    source_tables,
)
from orchestration.rollups.session_rules import session_environment
from orchestration.settings import Settings
from orchestration.warehouse.content_tables import copy_content_tables

TARGET = "duckdb"
RunProgram = Callable[[Sequence[str], Mapping[str, str], Path], int]
LAST_LINES = 20


def build_warehouse(database_url: str, settings: Settings, select: Sequence[str] = ()) -> None:
    """Build and test every model in a new file, from all of history; then replace the warehouse with it.

    ``select`` is dbt's. Raises DogearError, and leaves the warehouse as it is, if dbt fails or the lake is empty.
    """
    said: list[str] = []

    def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> int:
        done = subprocess.run(  # noqa: S603 - our own command
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        said.extend(done.stdout.splitlines()[-LAST_LINES:])
        return done.returncode

    arguments = ["--no-use-colors", "--no-write-json", "build", "--exclude-resource-type", "unit_test"]
    arguments += ["--select", *select] if select else []
    with staging_file(warehouse_file(settings), is_empty=True) as writing:
        prepare_sources(database_url, settings, writing.file)
        writing.is_good = run_dbt(database_url, settings, writing.file, arguments, run) == 0
    if not writing.is_good:
        raise DogearError("dbt could not build the warehouse of the lake: " + "\n".join(said))


@dataclass
class Writing:
    """A staging file, and whether it may replace the one that readers see."""

    file: Path
    is_good: bool = False


def remove_warehouse(settings: Settings) -> Path | None:
    """Remove the file, once nobody builds it; return where it was, None if there was none."""
    file = warehouse_file(settings)
    with locked(file):
        if not file.exists():
            return None
        file.unlink()
        return file


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the lock for writing the file at ``path``; others wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def staging_file(path: Path, *, is_empty: bool) -> Generator[Writing]:
    """Yield a file to write, empty or a copy of ``path``; one process at a time, others wait.

    It has the name of ``path``, in a folder of its own: DuckDB calls a database by its file, and views keep that name.
    """
    folder = path.with_name(f"{path.name}.building")
    with locked(path):
        # Left by a killed process.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            writing = Writing(folder / path.name)
            if path.exists() and not is_empty:
                shutil.copyfile(path, writing.file)
            yield writing
            if writing.is_good:
                finish(writing.file)
                writing.file.replace(path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def finish(file: Path) -> None:
    """Move everything from the write-ahead log into the file itself."""
    with locked_duckdb({}, path=file) as connection:
        connection.execute("checkpoint")


def prepare_sources(database_url: str, settings: Settings, file: Path) -> None:
    """Load what dbt reads: events of the lake, and a copy of the content tables of PostgreSQL."""
    tables = source_tables(parsed_project(database_url, settings), "content")
    with connect(database_url) as postgres:
        columns = columns_of(postgres, EVENTS)
    with open_duckdb(settings, file) as connection:
        connection.execute("create schema if not exists raw")
        make_events(connection, open_lake(settings.lake), columns)
        copy_content_tables(database_url, tables, connection)


def run_dbt(database_url: str, settings: Settings, file: Path, arguments: Sequence[str], run: RunProgram) -> int:
    """Return dbt's exit code. In a process of its own: dbt's other adapter may be running in this one."""
    environment = {
        **dbt_environment(database_url, settings),
        **session_environment(database_url),
        # A project that was parsed for PostgreSQL cannot be used for DuckDB, and would be parsed again each time.
        "DBT_TARGET_PATH": str(settings.home_folder / "dbt" / TARGET),
        "DBT_DUCKDB_PATH": str(file),
        "DBT_DUCKDB_MEMORY_LIMIT": settings.duckdb_memory,
        "DBT_DUCKDB_SPILL": str(settings.spill_folder),
        "DBT_DUCKDB_LAKE": storage_place(settings.lake),
        "DBT_DUCKDB_SEEDS": str(DBT_PROJECT / "seeds"),
        "DBT_TARGET": TARGET,
    }
    return run([*DBT_COMMAND, *arguments], environment, DBT_PROJECT)
