"""Where the DuckDB warehouse is, and how readers see it under PostgreSQL's names."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.lake.columns import quoted
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb

RELATIONS = """
    select schema_name, table_name, list(column_name)
    from duckdb_columns()
    where database_name = 'warehouse' and not internal and schema_name <> 'raw'
    group by schema_name, table_name
"""


def warehouse_file(settings: Settings) -> Path:
    """Return where the warehouse of this installation is. Its views know it by its stem: attach it by no other name."""
    return settings.home_folder / "warehouse.duckdb"


def show_warehouse(
    connection: "duckdb.DuckDBPyConnection",
    file: Path,
    shown: object,
    view: Callable[[str, str, Collection[str]], str | None],
) -> object:
    """Let ``connection`` see the tables in the file, read-only, by the names that they have in PostgreSQL.

    ``view`` says what is seen, by the name of a table, the SQL of its rows, and its columns; None for nothing. Returns
    an identity of this file; ``shown`` is that of the last call, and little is done if it is the same. Nothing is shown
    if there is no file: it has not been built.
    """
    if not file.exists():
        return shown
    is_now = (file.stat().st_ino, file.stat().st_mtime_ns)
    if is_now == shown:
        return shown
    connection.execute("detach database if exists warehouse")
    path = str(file).replace("'", "''")
    connection.execute(f"attach '{path}' as warehouse (read_only)")
    for schema, name, columns in connection.execute(RELATIONS).fetchall():
        here = f"{quoted(schema)}.{quoted(name)}"
        if seen := view(f"{schema}.{name}", f"from warehouse.{here}", columns):
            connection.execute(f"create schema if not exists {quoted(schema)}")
            connection.execute(f"create or replace view {here} as {seen}")
    return is_now
