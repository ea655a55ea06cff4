"""Which days of the lake to compare next."""

from datetime import date

from orchestration.lake.tables import EVENTS, LakeTable
from orchestration.resources.postgres import connect

# Enough to read PostgreSQL's days, by default, within a week, and ten years within a few months.
NIGHTLY = 30
NEXT = """
    select lake.day
    from lake.days as lake
    left join lake.checks
        on lake.of_table = checks.of_table and lake.day = checks.day and checks.checked_at >= lake.exported_at
    where lake.of_table = %s
    group by lake.day
    order by max(checks.checked_at) nulls first, lake.day desc
    limit %s
"""


def days_to_check(database_url: str, number: int = NIGHTLY, table: LakeTable = EVENTS) -> list[date]:
    """Return days that were not compared since they were written, the newest first; then those compared longest ago."""
    with connect(database_url) as connection:
        return [day for (day,) in connection.execute(NEXT, [table.name, number])]
