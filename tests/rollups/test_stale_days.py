from datetime import UTC, date, datetime, timedelta

import pytest

from orchestration.days import DayRange, ranges
from orchestration.lake.days import NOT_BUILT
from orchestration.resources.postgres import connect
from orchestration.rollups.stale_days import Built, forget_days, stale_ranges, touched_days, waiting_days

TABLES = ["marts.built_days"]
BUILT_DAYS = """
    create schema marts;
    create table marts.built_days (day date, events bigint, rules text default '', built_at timestamptz default now())
"""


def may(*days: int) -> set[date]:
    return {date(2026, 5, day) for day in days}


def span(first: int, last: int) -> DayRange:
    return DayRange(date(2026, 5, first), date(2026, 5, last))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (set(), []),
        (may(3), [span(3, 3)]),
        (may(5, 1, 2, 4, 9), [span(1, 2), span(4, 5), span(9, 9)]),
        # A fortnight without events is bridged, a longer time is not.
        (may(11, 26), [span(11, 26)]),
        (may(11, 27), [span(11, 11), span(27, 27)]),
    ],
)
def test_days_become_as_few_ranges_as_they_can(days, expected):
    assert ranges(days, known=may(3, 6)) == expected


def test_a_changed_day_takes_the_known_days_with_it_that_its_sessions_reach():
    known = may(1, 9, 10, 11, 12, 13, 20)
    assert touched_days(may(10), known) == may(9, 10, 11, 12)
    assert touched_days(may(20), known) == may(20)
    assert touched_days(may(25), known) == may(25)


def test_days_that_strangers_reach_wait_for_an_hour_once_they_are_over():
    noon = datetime(2026, 5, 20, 12, tzinfo=UTC)
    built = {day: Built(1, "", noon - timedelta(minutes=59)) for day in may(*range(1, 21))}
    assert waiting_days(built, noon) == may(*range(11, 19))
    assert waiting_days(built, noon + timedelta(minutes=1)) == set()
    asked = {day: Built(NOT_BUILT, "", noon) for day in built}
    assert waiting_days(asked, noon) == set(), "an operator has changed a goal"


def test_what_waits_is_passed_over_with_the_days_that_it_touches(database_url, add_event):
    with connect(database_url) as connection:
        connection.execute(BUILT_DAYS)
        connection.execute(
            "insert into marts.built_days (day, events) select unnest(%s::date[]), 1", [[*may(3, 4, 5, 6)]]
        )
    for day in (*may(3, 4, 5, 6), date(2026, 5, 4)):
        add_event(day)
    assert stale_ranges(database_url, TABLES, "") == [span(3, 6)]
    assert stale_ranges(database_url, TABLES, "", waiting=may(3, 4)) == []
    add_event(date(2026, 5, 6))
    assert stale_ranges(database_url, TABLES, "", waiting=may(3, 4)) == [span(5, 6)]
    assert stale_ranges(database_url, TABLES, "gap 20", waiting=may(3, 4)) == [span(3, 6)]


@pytest.fixture
def add_event(database_url):
    def add_event(day: date, is_bot: bool = False) -> None:
        with connect(database_url) as connection:
            connection.execute("select raw.ensure_event_partitions(array[%s::date])", [day])
            connection.execute(
                "insert into raw.events (event_id, occurred_at, event_type, source, site, user_code, is_bot) "
                "values (gen_random_uuid(), %s::date at time zone 'UTC', 'page_view', 'test', 's', 'u', %s)",
                [day, is_bot],
            )
            connection.execute("insert into raw.day_counts (day, events) values (%s, %s)", [day, int(not is_bot)])

    return add_event


def test_a_day_is_stale_while_its_marts_were_made_of_other_events(database_url, add_event):
    for day in may(1, 5, 6):
        add_event(day)
    with connect(database_url) as connection:
        connection.execute(BUILT_DAYS)
        connection.execute(
            "insert into marts.built_days (day, events) values ('2026-05-01', 1), ('2026-05-05', 1), ('2026-05-06', 1)"
        )
    assert stale_ranges(database_url, TABLES, "") == []

    add_event(date(2026, 5, 1), is_bot=True)
    assert stale_ranges(database_url, TABLES, "") == [], "crawlers are in no mart"

    add_event(date(2026, 5, 6))
    assert stale_ranges(database_url, TABLES, "") == [span(5, 6)]
    assert stale_ranges(database_url, TABLES, "", always={date(2026, 5, 30)}) == [span(5, 6), span(30, 30)]

    with connect(database_url) as connection:
        connection.execute("insert into raw.day_counts (day, events) values ('2026-05-01', -1)")
    assert stale_ranges(database_url, TABLES, "") == [span(1, 6)], "erased events make a day stale too"


def test_a_day_is_stale_that_was_built_by_other_rules(database_url, add_event):
    add_event(date(2026, 5, 1))
    with connect(database_url) as connection:
        connection.execute(BUILT_DAYS)
        connection.execute("insert into marts.built_days values ('2026-05-01', 1, 'gap 30')")
    assert stale_ranges(database_url, TABLES, "gap 30") == []
    assert stale_ranges(database_url, TABLES, "gap 20") == [span(1, 1)]


def test_a_day_is_not_built_while_it_is_built_again_and_no_day_is_where_a_table_is_missing(database_url, add_event):
    for day in may(1, 5, 6):
        add_event(day)
    with connect(database_url) as connection:
        connection.execute(BUILT_DAYS)
        connection.execute(
            "insert into marts.built_days (day, events) select unnest(%s::date[]), 1", [sorted(may(1, 5, 6))]
        )
    assert stale_ranges(database_url, [*TABLES, "marts.dropped"], "") == [span(1, 6)]
    with connect(database_url) as connection:
        forget_days(connection, span(5, 9), TABLES)
    assert stale_ranges(database_url, TABLES, "") == [span(5, 6)]
    with connect(database_url) as connection:
        forget_days(connection, span(9, 9), [*TABLES, "marts.dropped"])
    assert stale_ranges(database_url, TABLES, "") == [span(1, 6)]


def test_before_the_first_build_every_day_with_events_is_stale_or_else_today(database_url, add_event):
    (today,) = stale_ranges(database_url, TABLES, "")
    assert today.first == today.last > date(2026, 1, 1)
    add_event(date(2015, 5, 17))
    assert stale_ranges(database_url, TABLES, "") == [DayRange(date(2015, 5, 17), date(2015, 5, 17))]
