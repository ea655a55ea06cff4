"""Tables of days from an older version: columns or partitions are not those that the dbt project declares.

dbt could not add today's rows to them, or could add a row without a key. They are dropped by the next build, and all
days are built again, from events that PostgreSQL or the lake holds.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.lake.days import NOT_BUILT
from orchestration.resources.locks import LAKE, take
from orchestration.rollups.dbt_project import declared_columns, relations

PARTITIONS_AT_ONCE = 100
# A type that is not declared, or that the server does not know, may be any; PostgreSQL 15 refuses an empty text.
OUTDATED = """
    select tables.name
    from unnest(%s::text[], %s::jsonb[], %s::bool[]) as tables (name, columns, is_partitioned)
    inner join pg_class as there on there.oid = to_regclass(tables.name)
    where (there.relkind = 'p') <> tables.is_partitioned or exists (
        select
        from jsonb_each(tables.columns) as declared (name, column_says)
        full join (
            select attname::text as name, atttypid as type, attnotnull as is_not_null
            from pg_attribute
            where attrelid = to_regclass(tables.name) and attnum > 0 and not attisdropped
        ) as found on declared.name = found.name
        where
            declared.name is null
            or found.name is null
            or to_regtype(column_says ->> 'type') <> found.type
            or (column_says -> 'not_null')::boolean <> found.is_not_null
    )
    order by tables.name
"""


def outdated_tables(connection: psycopg.Connection, parsed: Path) -> list[str]:
    """Return the name, with schema, of each table of days that is not as the project declares it."""
    declared, configured = declared_columns(parsed), relations(parsed, "incremental")
    partitioned = [bool(configured[name].get("partition_by_day")) for name in declared]
    said = [list(declared), [*map(Jsonb, declared.values())], partitioned]
    return [name for (name,) in connection.execute(OUTDATED, said)]


def drop_outdated(connection: psycopg.Connection, parsed: Path) -> None:
    """Drop them, with dbt's relations that depend on them; the caller holds the lock of builds.

    No day counts as built any more: one that is half dropped is not written to the lake, nor compared with it.
    """
    outdated = outdated_tables(connection, parsed)
    if not outdated:
        return
    if connection.execute("select where to_regclass('marts.built_days') is not null").rowcount:
        connection.execute("update marts.built_days set events = %s", [NOT_BUILT])
    connection.commit()
    # A file that is being written now is of days that are still there.
    take(connection, LAKE)
    connection.commit()
    for name in outdated:
        days = connection.execute("select partition::text from ops.day_partitions where table_name = %s", [name])
        # All of them at once may be more locks than a server has.
        for partitions in batched([day for (day,) in days], PARTITIONS_AT_ONCE):
            connection.execute(f"drop table {', '.join(partitions)} cascade".encode())
            connection.commit()
        connection.execute(sql.SQL("drop table {} cascade").format(sql.Identifier(*name.split("."))))
        connection.commit()


def batched(names: list[str], most: int) -> Iterator[list[str]]:
    """Yield the names, so many at a time."""
    return (names[start : start + most] for start in range(0, len(names), most))
