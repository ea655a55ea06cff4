"""Made-up visits for the benches: straight into ``raw.events``, since how they come in is measured elsewhere."""

from datetime import date, timedelta
from pathlib import Path

import psycopg

VISITS = Path(__file__).with_name("visits.sql").read_bytes()
SITE = "bench.example"


def make_visits(connection: psycopg.Connection, first: date, days: int, events: int) -> int:
    """Visits for ``days`` days, about ``events`` events on each; returns how many there are. Commits."""
    made = 0
    wanted = [first + timedelta(days=number) for number in range(days)]
    connection.execute("select raw.ensure_event_partitions(%s)", [wanted])
    for day in wanted:
        on_day = connection.execute(VISITS, {"day": str(day), "events": events}).rowcount
        connection.execute("insert into raw.day_counts (day, events) values (%s, %s)", [day, on_day])
        made += on_day
        connection.commit()
    connection.execute("select raw.analyze_event_partitions(%s)", [wanted])
    connection.commit()
    return made
