"""The days whose marts must be built without an erased visitor.

``day_columns`` says of each table that dbt fills day by day ("marts.analytics_sessions") which column holds the day.
"""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from orchestration.days import DayRange, ranges
from orchestration.resources.copy_rows import column_types
from orchestration.rollups.stale_days import built_days, missing_tables, raw_days, touched_days

MARTS_OF_VISITOR = Path(__file__).with_name("marts_of_visitor.sql").read_text()


def present(connection: psycopg.Connection, columns: Mapping[str, str]) -> dict[str, str]:
    """Return those of the tables that are there."""
    missing = missing_tables(connection, columns.keys())
    return {table: column for table, column in columns.items() if table not in missing}


def days_in_marts(
    connection: psycopg.Connection, visitor_id: str, uuid: UUID | None, site: str | None, columns: Mapping[str, str]
) -> set[date]:
    """Return the days on which a table of days names the visitor."""
    found: set[date] = set()
    for table, day in present(connection, columns).items():
        if {"visitor_id", "account_id"} <= column_types(connection, table).keys():
            question = sql.SQL(MARTS_OF_VISITOR).format(  # pyright: ignore[reportArgumentType] - read from our own file
                table=sql.Identifier(*table.split(".")), day=sql.Identifier(day)
            )
            rows = connection.execute(question, {"id": visitor_id, "uuid": uuid, "site": site})
            found.update(one_day for (one_day,) in rows)
    return found


def ranges_to_build(
    connection: psycopg.Connection, days: Collection[date], columns: Mapping[str, str]
) -> list[DayRange]:
    """Return ``days`` and those that may change with them; none where there are no marts yet."""
    there = present(connection, columns)
    if not days or not there:
        return []
    raw = raw_days(connection).keys()
    # Where a table is missing, every day must be built anyway.
    if len(there) < len(columns):
        return ranges({*raw, *days}, raw)
    known = raw | (built_days(connection) or {}).keys()
    return ranges(touched_days(days, known), known)
