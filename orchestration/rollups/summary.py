"""A summary of a site from the marts, in a few tables to read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from orchestration.resources.postgres import connect

if TYPE_CHECKING:
    import pandas as pd

QUESTIONS = Path(__file__).parent / "summary_sql"
TITLES = {
    "overview": "Overview",
    "days": "Last days",
    "pages": "Pages read most",
    "sources": "Where sessions came from",
    "clicks": "What was clicked",
}
# Read from a mart of detail, whose old days are in the lake alone.
OF_DETAIL = "clicks"
DEFAULT_DAYS = 28


@dataclass(frozen=True)
class Summary:
    """Tables by title, for the UTC days ``first`` to ``last``."""

    first: date
    last: date
    tables: "dict[str, pd.DataFrame]"


def read_summary(database_url: str, site: str, first: date | None, last: date | None) -> Summary | None:
    """Read the marts; by default the 28 days that end with the last visit. None if there are no visits."""
    with connect(database_url) as connection:
        try:
            newest = last_day(connection, site)
        except psycopg.errors.UndefinedTable:
            return None
        if newest is None:
            return None
        last = last or newest
        first = first or last - timedelta(days=DEFAULT_DAYS - 1)
        window = {"site": site, "first": first, "last": last}
        if not is_visited(connection, window):
            return None
        answers = {title: ask(connection, name, window) for name, title in TITLES.items()}
        kept_from = first_day_of_detail(connection)
        if kept_from and kept_from > first:
            answers[f"{TITLES[OF_DETAIL]} from {kept_from} on"] = answers.pop(TITLES[OF_DETAIL])
    return Summary(first, last, {title: frame for title, frame in answers.items() if len(frame)})


def last_day(connection: psycopg.Connection, site: str) -> date | None:
    question = "select max(date) from marts.analytics_daily_sites where site = %s and page_views > 0"
    row = connection.execute(question, [site]).fetchone()
    return row[0] if row else None


def is_visited(connection: psycopg.Connection, window: Mapping[str, object]) -> bool:
    question = "select from marts.analytics_daily_sites where site = %(site)s and date between %(first)s and %(last)s"
    return connection.execute(f"{question} limit 1", window).rowcount > 0


def first_day_of_detail(connection: psycopg.Connection) -> date | None:
    """Return from which day on PostgreSQL has each click, session and page view; None while no day has left."""
    row = connection.execute("select analytics.detail_begins()").fetchone()
    return row[0] if row else None


def ask(connection: psycopg.Connection, question: str, parameters: Mapping[str, object]) -> "pd.DataFrame":
    """Return the result of one of the queries in ``summary_sql``."""
    import pandas as pd

    cursor = connection.execute((QUESTIONS / f"{question}.sql").read_bytes(), parameters)
    assert cursor.description is not None
    return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
