"""Read the lake with DuckDB, under PostgreSQL's names: an analyst's query works unchanged."""

from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pybreaker

from orchestration.errors import DogearError
from orchestration.lake.columns import Column, read_as
from orchestration.lake.manifest import Manifest, ManifestDay, parsed_manifest, read_manifest
from orchestration.lake.storage import MANIFEST, LakeRefusesError, LakeStorage, open_lake
from orchestration.lake.tables import EVENTS, MARTS, VISITOR_DAYS, LakeTable
from orchestration.lake.warehouse_file import show_warehouse, warehouse_file
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings

# A function of schema analytics whose rows old days have in the lake alone.
GET_ENTITY_VISITORS = Path(__file__).with_name("get_entity_visitors.sql").read_text()
FAILURES, SECONDS = 5, 60.0
# Occurs in no file name.
BETWEEN_FILES = "\x1f"


def rows_of_lake(
    manifest: Manifest, storage: LakeStorage, table: LakeTable = EVENTS, wanted: tuple[Column, ...] | None = None
) -> str:
    """The SQL that reads a table: the columns ``wanted``, and its day, by which whole files are left out.

    Without ``wanted`` they are those of the newest version. The day is a mart's own column, and ``day`` of raw.events.

    Files are named one by one, as in the manifest: listing folders, and opening each file for its columns, would
    take longer than most queries. Files that were written with fewer columns have NULL in the others.
    """
    days = manifest.days_of(table)
    if not days:
        raise DogearError(f"The lake {storage.url} is empty: no day was exported yet. Try: dogear lake export")
    columns = wanted or manifest.columns(max(days, key=lambda day: day.exported_at).schema_version)
    versions = sorted({day.schema_version for day in days})
    return " union all ".join(
        part_of_view(
            storage, table, columns, manifest.columns(version), (d for d in days if d.schema_version == version)
        )
        for version in versions
    )


def make_events(connection: duckdb.DuckDBPyConnection, storage: LakeStorage, columns: tuple[Column, ...]) -> None:
    """raw.events in a file that other programs will open: a view, or a copy where these cannot reach the lake.

    It has these ``columns``, those of PostgreSQL, also before a day was written that has them all.
    """
    kind = "view" if storage.filesystem is None else "table"
    events = rows_of_lake(read_manifest(storage), storage, EVENTS, columns)
    connection.execute(f"create or replace {kind} raw.events as {events}")


def part_of_view(
    storage: LakeStorage,
    table: LakeTable,
    wanted: tuple[Column, ...],
    there: tuple[Column, ...],
    days: Iterable[ManifestDay],
) -> str:
    """Return the days that were written with the columns ``there``."""
    # One text: a list of ten years of files takes DuckDB twice as long, for each query.
    files = literal(BETWEEN_FILES.join(storage.place(table.file_of(day.day)) for day in days))
    # The day in the name of a file is known before the file is opened, so it stands in for a mart's own.
    named = {table.day_column: "day"} if table.day_column else {}
    day = "" if table.day_column else ", day"
    return (
        f"select {read_as(wanted, there, named)}{day} from read_parquet("  # noqa: S608
        f"string_split({files}, {literal(BETWEEN_FILES)}), hive_partitioning = true, hive_types = {{'day': date}})"
    )


def literal(text: str) -> str:
    """Return ``text`` as SQL writes it: a view takes no parameters."""
    return "'" + text.replace("'", "''") + "'"


def is_no_fault_of_the_lake(error: BaseException) -> bool:
    """Errors of a query, which say nothing about whether the lake answers."""
    return not isinstance(error, LakeRefusesError | duckdb.IOException | OSError)


def new_breaker() -> pybreaker.CircuitBreaker:
    return pybreaker.CircuitBreaker(FAILURES, SECONDS, exclude=[is_no_fault_of_the_lake], throw_new_error_on_trip=False)


@dataclass
class LakeReader:
    """DuckDB over the lake, for one process: one database in memory, and a cursor for each client.

    After five failures in a row it is left alone for a minute; then one query is let through as a test. ``reach`` are
    places besides the lake whose files SQL may read and write.
    """

    settings: Settings
    reach: Sequence[Path] = ()
    breaker: pybreaker.CircuitBreaker = field(default_factory=new_breaker)
    _lock: Lock = field(default_factory=Lock)
    _database: duckdb.DuckDBPyConnection | None = None
    _manifest: bytes | None = None
    _warehouse: object = None

    @contextmanager
    def session(self) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield a cursor on the lake as the manifest has it now.

        Raises DogearError if the lake does not answer, is empty, or is left alone after failures. Errors of the SQL
        itself are DuckDB's.
        """
        try:
            with self.breaker.calling(), closing(self._opened().cursor()) as cursor:
                yield cursor
        except pybreaker.CircuitBreakerError:
            raise DogearError(
                f"The lake did not answer {FAILURES} times and is left alone for up to {SECONDS:.0f} s."
            ) from None

    def _opened(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._refreshed()
        except duckdb.Error as error:
            raise LakeRefusesError(
                f"The lake cannot be read: {str(error).splitlines()[0]} Which days are damaged says: dogear lake check"
            ) from None

    def _refreshed(self) -> duckdb.DuckDBPyConnection:
        storage = open_lake(self.settings.lake)
        manifest = storage.read(MANIFEST)
        with self._lock:
            if self._database is None:
                warehouse = warehouse_file(self.settings)
                reach = [warehouse, warehouse.with_name(f"{warehouse.name}.wal"), *self.reach]
                self._database = open_duckdb(self.settings, reach=reach)
                self._database.execute("create schema raw; create schema marts; create schema analytics")
            # With ten years of days, naming their files takes longer than most queries.
            is_other = manifest is None or manifest != self._manifest
            contents = parsed_manifest(manifest, storage) if is_other else None
            if contents:
                self._show(contents, storage, EVENTS)
            warehouse = show_warehouse(self._database, warehouse_file(self.settings), self._warehouse, self._shown)
            # The warehouse has the marts of detail as they were when it was built; the lake has them as they are.
            if contents or warehouse != self._warehouse:
                contents = contents or parsed_manifest(manifest, storage)
                for table in MARTS:
                    if contents.days_of(table):
                        self._show(contents, storage, table)
                if contents.days_of(VISITOR_DAYS):
                    self._database.execute(GET_ENTITY_VISITORS)
            self._manifest, self._warehouse = manifest, warehouse
            return self._database

    def _show(self, manifest: Manifest, storage: LakeStorage, table: LakeTable) -> None:
        assert self._database
        rows = rows_of_lake(manifest, storage, table)
        if shown := self._shown(table.name, rows, self._database.sql(rows).columns):
            self._database.execute(f"create or replace view {table.name} as {shown}")

    def _shown(self, _name: str, rows: str, _columns: Collection[str], /) -> str | None:
        """Return what the view of this name shows of these rows; None for no view. Here it shows all."""
        return rows

    def health(self) -> dict[str, Any]:
        """Return ``state`` of the circuit breaker (closed: well; open; half-open), ``failures`` in a row, limits."""
        return {
            "state": self.breaker.current_state,
            "failures": self.breaker.fail_counter,
            "lake": open_lake(self.settings.lake).url,
            "memory_limit": self.settings.duckdb_memory,
        }

    def close(self) -> None:
        if self._database:
            self._database.close()
            self._database = None
