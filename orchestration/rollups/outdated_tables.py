"""Tables of days from an older version: their columns are not those that the dbt project declares.

dbt could not add today's rows to them. The next build drops them, and builds all days again, from events
that PostgreSQL or the lake holds.
"""

from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from orchestration.rollups.dbt_project import declared_columns

# A type that is not declared, or that the server does not know, may be any; PostgreSQL 15 refuses an empty text.
OUTDATED = """
    with declared as (
        select name, columns, types
        from unnest(%s::text[], %s::jsonb[], %s::jsonb[]) as tables (name, columns, types)
    ),

    present as (
        select
            declared.name,
            declared.columns,
            jsonb_agg(to_jsonb(attname::text) order by attname::text collate "C") as found,
            bool_or(to_regtype(nullif(declared.types ->> attname, '')) <> atttypid::regtype) as has_other_types
        from declared
        inner join pg_attribute on attrelid = to_regclass(declared.name)
        where attnum > 0 and not attisdropped
        group by declared.name, declared.columns
    )

    select name from present where found <> columns or has_other_types order by name
"""


def outdated_tables(connection: psycopg.Connection, parsed: Path) -> list[str]:
    """Return the name, with schema, of each table of days that has other columns than the project declares."""
    declared = declared_columns(parsed)
    columns = [Jsonb(sorted(types)) for types in declared.values()]
    types = [Jsonb(types) for types in declared.values()]
    return [name for (name,) in connection.execute(OUTDATED, [list(declared), columns, types])]


def drop_outdated(connection: psycopg.Connection, parsed: Path) -> None:
    """Drop them, with dbt's relations that depend on them; the caller holds the lock of builds."""
    for name in outdated_tables(connection, parsed):
        connection.execute(sql.SQL("drop table {} cascade").format(sql.Identifier(*name.split("."))))
