"""The columns of tables, as PostgreSQL has them, and the checksum of a row in both engines.

The checksum of a day is the sum, over its rows, of the first 60 bits of an MD5: it does not depend on their order. What
is hashed is the text of every column, in a form that is the same in both engines: instants as microseconds, and
fractions as whole millionths.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from orchestration.lake.tables import LakeTable

COLUMNS_OF_TABLE = Path(__file__).with_name("columns_of_table.sql").read_text()
# Between two columns, and in place of NULL: characters that texts hardly ever hold.
BETWEEN, NOTHING = "chr(31)", "chr(30)"
# All other types have the same name in DuckDB and PostgreSQL.
DUCKDB_TYPES = {"jsonb": "json"}


@dataclass(frozen=True)
class Column:
    """A column and its type, as PostgreSQL writes it."""

    name: str
    type: str

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES.get(self.type, self.type)


def columns_of(connection: psycopg.Connection, table: LakeTable) -> tuple[Column, ...]:
    """Return the columns of a table as the lake has them, in order: then its keys."""
    rows = psycopg.RawCursor(connection).execute(COLUMNS_OF_TABLE.encode(), [table.name]).fetchall()
    return (*(Column(*row) for row in rows), *(Column(key, "bigint") for key in table.keys))


def postgres_checksum(columns: tuple[Column, ...]) -> str:
    """Return the SQL of a day's checksum for PostgreSQL: numeric, 0 for no rows."""
    texts = {
        "timestamp with time zone": "(extract(epoch from {}) * 1000000)::bigint::text",
        "double precision": "trunc({} * 1000000)::bigint::text",
    }
    hashed = f"md5({row_text(columns, texts, '{}::text')})"
    return f"coalesce(sum(('x' || left({hashed}, 15))::bit(60)::bigint), 0)"


def duckdb_checksum(columns: tuple[Column, ...]) -> str:
    """Return the same for DuckDB: hugeint, 0 for no rows."""
    texts = {
        "timestamp with time zone": "epoch_us({})::varchar",
        "double precision": "trunc({} * 1000000)::bigint::varchar",
    }
    hashed = f"md5({row_text(columns, texts, '{}::varchar')})"
    return f"coalesce(sum(('0x' || left({hashed}, 15))::bigint), 0)"


def row_text(columns: tuple[Column, ...], texts: dict[str, str], other: str) -> str:
    """Return SQL for the text of all columns of a row."""
    parts = [f"coalesce({texts.get(c.type, other).format(quoted(c.name))}, {NOTHING})" for c in columns]
    return f"concat_ws({BETWEEN}, {', '.join(parts)})"


def read_as(wanted: tuple[Column, ...], there: tuple[Column, ...], named: Mapping[str, str] | None = None) -> str:
    """Return SQL for the columns ``wanted`` of a file with the columns ``there``: NULL for those added later.

    ``named``: expressions for columns that are known without the file.
    """
    known = {column.name: quoted(column.name) for column in there} | dict(named or {})
    return ", ".join(f"{known.get(c.name, f'null::{c.duckdb_type}')} as {quoted(c.name)}" for c in wanted)


def quoted(name: str) -> str:
    """Return ``name``, a column's, as SQL writes it whatever it holds."""
    return sql.Identifier(name).as_string()
