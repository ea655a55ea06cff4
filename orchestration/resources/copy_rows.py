"""One way to load Python's rows into PostgreSQL. (For Arrow: ``bulk_load``, which takes longer to import.)"""

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql


def copy_rows(
    connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """COPY ``rows`` into ``table`` ("schema.name") and return how many there were.

    Runs inside the connection's transaction. No row's key may be there already.
    """
    # Binary, since long texts then need no search for characters to escape.
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    types = column_types(connection, table)
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.set_types([types[column] for column in columns])
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount


def column_types(connection: psycopg.Connection, table: str) -> dict[str, int]:
    """Return the type of each column, as the number that PostgreSQL has for it."""
    question = "select attname, atttypid::integer from pg_attribute where attrelid = %s::regclass and attnum > 0"
    return dict(connection.execute(question, [table]).fetchall())
