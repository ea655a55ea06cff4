"""One way to load what Python holds into PostgreSQL. (For Arrow: ``bulk_load``, which takes longer to import.)"""

from collections.abc import Iterable, Sequence

import psycopg
from psycopg import sql


def copy_rows(
    connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> int:
    """COPY ``rows`` into ``table`` ("schema.name") and return how many there were.

    Runs inside the connection's transaction. No row's key may be there already.
    """
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount
