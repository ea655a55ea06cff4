"""Copies of the small tables and views of content, which dbt reads besides raw.events, from PostgreSQL into DuckDB."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from psycopg import sql

from orchestration.lake.columns import COLUMNS_OF_TABLE, Column, quoted
from orchestration.resources.server import Server

if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc
    import duckdb

# Whole texts, which no model reads, and addresses, which nobody should read.
LEFT_OUT = {"body", "content_snapshot", "author_email"}
# Types that PostgreSQL sends to Arrow as they are; others are sent as text, such as uuid, jsonb and numeric.
SENT_AS_THEY_ARE = {
    *("boolean", "smallint", "integer", "bigint", "double precision"),
    *("text", "text[]", "bigint[]", "date", "timestamp with time zone"),
}


def copy_content_tables(database_url: str, tables: Iterable[str], duck: "duckdb.DuckDBPyConnection") -> None:
    """Create each of ``tables`` ("content.items") again, all as of one moment."""
    with Server.of(database_url).adbc() as postgres:
        with postgres.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        for table in tables:
            copy_table(postgres, table, duck, LEFT_OUT)


def copy_table(
    postgres: "adbc.Connection", table: str, duck: "duckdb.DuckDBPyConnection", left_out: Iterable[str] = ()
) -> None:
    """Make ``table`` (with its schema) in DuckDB, as PostgreSQL holds it, but for the columns of ``left_out``."""
    schema, name = table.split(".")
    here = sql.Identifier(schema, name).as_string()
    with postgres.cursor() as cursor:
        cursor.execute(COLUMNS_OF_TABLE, [table])
        columns = [(column, kind) for column, kind in cursor.fetchall() if column not in left_out]
        cursor.execute(f"select {', '.join(sent(column, kind) for column, kind in columns)} from {here}")  # noqa: S608 - quoted
        rows = cursor.fetch_record_batch()
        duck.execute(f"create schema if not exists {quoted(schema)}")
        duck.register("rows_of_table", rows)
        duck.execute(
            f"create or replace table {here} as select {', '.join(kept(column, kind) for column, kind in columns)} "  # noqa: S608 - quoted
            "from rows_of_table"
        )
        duck.unregister("rows_of_table")


def sent(column: str, kind: str) -> str:
    """Return the column as PostgreSQL sends it."""
    here = quoted(column)
    return here if kind in SENT_AS_THEY_ARE else f"cast({here} as text) as {here}"


def kept(column: str, kind: str) -> str:
    """Return the column as DuckDB keeps it."""
    return f"cast({quoted(column)} as {Column(column, kind).duckdb_type}) as {quoted(column)}"
