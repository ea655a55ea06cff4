"""The old table ``analytics_events`` in its database: read in bulk, and archived when its rows are imported."""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pyarrow as pa
from psycopg import sql

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server

ARCHIVE = "archive"
NEEDED = ("event_type", "event_data", "created_at")


@dataclass(frozen=True)
class LegacyTable:
    """A table that was found. ``place`` names it for people, without a password."""

    database_url: str
    schema: str
    name: str
    has_id: bool

    @property
    def place(self) -> str:
        return f"{Server.of(self.database_url).place}: {self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)


def find_legacy_table(database_url: str, written: str) -> LegacyTable:
    """Return the table of that name, with or without schema. Raises DogearError if it is not of the old kind."""
    with connect(database_url) as connection:
        try:
            found = connection.execute(
                "select nspname, relname, "
                "array(select attname::text from pg_attribute where attrelid = c.oid and not attisdropped) "
                "from pg_class as c join pg_namespace as n on n.oid = relnamespace "
                "where c.oid = to_regclass(%s) and relkind in ('r', 'p')",
                [written],
            ).fetchone()
        except psycopg.Error:
            found = None
    if found is None:
        raise DogearError(f"There is no table {written!r} in {Server.of(database_url).place}.")
    schema, name, columns = found
    if missing := [column for column in NEEDED if column not in columns]:
        raise DogearError(f"{schema}.{name} has no column {' and '.join(missing)}; {', '.join(NEEDED)} are needed.")
    return LegacyTable(database_url, schema, name, "id" in columns)


def table_rows(table: LegacyTable) -> Iterator[pa.Table]:
    """Yield the rows, as text, in batches as PostgreSQL sends them; all of one moment."""
    question = sql.SQL(
        "select {id} as row_id, event_type::text, event_data::text, created_at::text, null::text as problem "
        "from {table}"
    ).format(id=sql.SQL("id::text" if table.has_id else "null::text"), table=table.identifier)
    with Server.of(table.database_url).adbc() as connection, connection.cursor() as cursor:
        cursor.execute(question.as_string(None))
        first_line = 1
        for batch in cursor.fetch_record_batch():
            rows = pa.Table.from_batches([batch])
            numbers = pa.array(range(first_line, first_line + rows.num_rows), pa.int64())
            first_line += rows.num_rows
            yield rows.add_column(0, "line_number", numbers)


def check_rows(table: LegacyTable, rows: int, rows_read: int) -> None:
    """Raise DogearError if the table no longer holds the ``rows`` that were read."""
    if rows != rows_read:
        raise DogearError(
            f"{table.schema}.{table.name} holds {rows:,} rows now, and {rows_read:,} were read: "
            "it is not archived. Import it again when nothing writes to it any more."
        )


def archive(table: LegacyTable, rows_read: int) -> str:
    """Move the table, as it is, into the schema ``archive``; return its name there.

    Raises DogearError, and moves nothing, if it does not hold ``rows_read`` rows any more.
    """
    with connect(table.database_url) as connection:
        connection.execute(sql.SQL("lock table {} in access exclusive mode").format(table.identifier))
        row = connection.execute(sql.SQL("select count(*) from {}").format(table.identifier)).fetchone()
        assert row is not None
        check_rows(table, row[0], rows_read)
        move = sql.SQL("alter table {} set schema {}").format(table.identifier, sql.Identifier(ARCHIVE))
        try:
            connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(ARCHIVE)))
            connection.execute(move)
        except (psycopg.errors.DuplicateTable, psycopg.errors.InsufficientPrivilege) as error:
            raise DogearError(f"{table.schema}.{table.name} is not archived: {error.diag.message_primary}.") from None
    return f"{ARCHIVE}.{table.name}"
