"""Which days of a range an export writes."""

from datetime import date

from orchestration.days import DayRange
from orchestration.lake.days import changed_days, lake_days
from orchestration.lake.tables import EVENTS, LakeTable
from orchestration.resources.postgres import connect


def days_of_range(database_url: str, days: DayRange, *, only_changed: bool, table: LakeTable = EVENTS) -> list[date]:
    """Return the table's days that must be written; without ``only_changed``, also all that PostgreSQL still holds."""
    with connect(database_url) as connection:
        wanted = {changed.day for changed in changed_days(connection, table=table)}
        if not only_changed:
            wanted |= {day.day for day in lake_days(connection, days.first, days.last, table) if not day.left_at}
    return sorted(day for day in wanted if days.first <= day <= days.last)
