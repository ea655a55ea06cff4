"""One way to load rows into PostgreSQL: Arrow in, COPY to a staging table, then one INSERT."""

from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa

# It takes pandas with it, half a second of each process that loads the code location.
if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc

Conflict = Literal["error", "nothing", "update"]


def load_rows(
    connection: "adbc.Connection",
    table: str,
    rows: pa.Table | pa.RecordBatchReader,
    *,
    on_conflict: Conflict = "error",
) -> int:
    """Load ``rows`` into ``table`` ("schema.name", a name of our own) and return how many rows were written.

    The columns of ``rows`` are some of the table's; each is cast to its type there, so uuid and jsonb come as text.
    ``on_conflict``: a row whose primary key is there already is an error, nothing, or an update of the given columns.
    Runs inside the connection's transaction and does not commit.
    """
    columns = [f'"{name}"' for name in rows.schema.names]
    with connection.cursor() as cursor:
        types = column_types(cursor, table)
        cursor.adbc_ingest("loading", rows, mode="create", temporary=True)
        cast = ", ".join(f"{column}::{types[column]}" for column in columns)
        cursor.execute(  # the names of table and columns are our own
            f"with written as (insert into {table} ({', '.join(columns)}) select {cast} from pg_temp.loading "  # noqa: S608
            f"{conflict_clause(cursor, table, columns, on_conflict)} returning 1) select count(*) from written"
        )
        (written,) = one_row(cursor)
        cursor.execute("drop table pg_temp.loading")
    return int(written)


def column_types(cursor: "adbc.Cursor", table: str) -> dict[str, str]:
    """Return the type of each column of ``table``, both as SQL writes them."""
    cursor.execute(
        "select quote_ident(attname), format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = $1::regclass and attnum > 0 and not attisdropped",
        [table],
    )
    return {('"' + name.strip('"') + '"'): kind for name, kind in cursor.fetchall()}


def conflict_clause(cursor: "adbc.Cursor", table: str, columns: list[str], on_conflict: Conflict) -> str:
    if on_conflict == "error":
        return ""
    if on_conflict == "nothing":
        return "on conflict do nothing"
    cursor.execute(
        "select attname from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey) "
        "where indrelid = $1::regclass and indisprimary",
        [table],
    )
    key = [f'"{name}"' for (name,) in cursor.fetchall()]
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key)
    return f"on conflict ({', '.join(key)}) do update set {updates}"


def one_row(cursor: "adbc.Cursor") -> tuple[Any, ...]:
    row = cursor.fetchone()
    assert row is not None
    return tuple(row)
