"""What a build leaves to be built when it begins: so that one that dies, or is of too few days, is made good."""

from datetime import date

import pytest

from orchestration.days import DayRange
from orchestration.resources.postgres import connect
from orchestration.rollups.stale_days import forget_days, stale_ranges

TABLES = ["marts.built_days"]
BUILT = {date(2026, 5, day): 1 for day in range(1, 11)}


def span(first: int, last: int) -> DayRange:
    return DayRange(date(2026, 5, first), date(2026, 5, last))


@pytest.fixture
def connection(database_url):
    """Ten days are built of one event each; of the fifth there are two by now."""
    with connect(database_url) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.built_days "
            "(day date, events bigint, rules text default '', built_at timestamptz default now())"
        )
        for day, events in BUILT.items():
            connection.execute("insert into marts.built_days values (%s, %s)", [day, events])
            connection.execute("insert into raw.day_counts values (%s, %s)", [day, events])
        connection.execute("insert into raw.day_counts values ('2026-05-05', 1)")
        connection.commit()
        yield connection


def begin(connection, days: DayRange) -> None:
    forget_days(connection, days, TABLES)
    connection.commit()


def complete(connection, days: DayRange) -> None:
    connection.execute(
        "update marts.built_days set events = (select sum(c.events) from raw.day_counts c where c.day = built_days.day)"
        " where day between %s and %s",
        [days.first, days.last],
    )
    connection.commit()


def test_a_build_that_dies_again_and_again_leaves_the_same_days(database_url, connection):
    for _ in range(3):
        assert stale_ranges(database_url, TABLES, "") == [span(4, 7)]
        begin(connection, span(4, 7))
    complete(connection, span(4, 7))
    assert stale_ranges(database_url, TABLES, "") == []


def test_a_build_of_one_day_leaves_those_that_its_events_reach(database_url, connection):
    begin(connection, span(5, 5))
    complete(connection, span(5, 5))
    assert stale_ranges(database_url, TABLES, "") == [span(4, 4), span(6, 7)]
    for days in (span(4, 4), span(6, 7)):
        begin(connection, days)
        complete(connection, days)
    assert stale_ranges(database_url, TABLES, "") == []
