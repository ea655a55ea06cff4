"""Old days leave PostgreSQL once the lake is proven to have them, and come back when something asks for them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import pytest

from orchestration.errors import DogearError
from orchestration.events.load_events import load_events
from orchestration.lake.compare import compare_days
from orchestration.lake.export import export_days
from orchestration.lake.recall import recall
from orchestration.lake.retention import forget_corrected, let_old_days_leave, what_would_leave
from orchestration.lake.visitor_rows import visitor_days
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_by_hand import days_at_hand

MAY_1, MAY_2, MAY_3 = (date(2026, 5, day) for day in (1, 2, 3))
# 90 days after 2 May: it is the first to stay.
JULY_31 = datetime(2026, 7, 31, tzinfo=UTC)
EVENTS = "select * from raw.events order by event_id"
COUNTS = "select day, sum(events), sum(crawlers) from raw.day_counts group by day order by day"


def leave(lake):
    return list(let_old_days_leave(lake.url, lake.settings, open_duckdb(lake.settings), JULY_31))


def partitions(lake):
    return {day for (day,) in lake.rows("select distinct occurred_at::date from raw.events")}


@pytest.fixture
def lake_of_two_days(lake):
    lake.add(MAY_1)
    lake.add(MAY_2)
    lake.export()
    return lake


def test_a_dry_run_says_what_would_go_and_changes_nothing(lake_of_two_days):
    lake = lake_of_two_days
    (day,) = what_would_leave(lake.url, lake.settings, JULY_31)
    assert (day.day, day.rows, day.kept) == (MAY_1, 20, None)
    assert day.bytes > 8192
    assert partitions(lake) == {MAY_1, MAY_2}


def test_an_old_day_leaves_and_its_rows_are_read_from_the_lake(lake_of_two_days):
    lake = lake_of_two_days
    before, counts = lake.rows(EVENTS), lake.rows(COUNTS)
    assert [(day.day, day.kept) for day in leave(lake)] == [(MAY_1, None)]
    assert partitions(lake) == {MAY_2}
    assert lake.rows(COUNTS) == counts  # the marts of the day are still those of its events
    assert lake.read("select day, count(*) from raw.events group by day order by day") == [(MAY_1, 20), (MAY_2, 20)]
    assert leave(lake) == []

    assert recall(lake.url, lake.settings, [MAY_1, MAY_2, MAY_3]) == [MAY_1]
    assert lake.rows(EVENTS) == before
    assert lake.rows(COUNTS) == counts
    assert lake.changed() == []
    assert [(day.day, day.kept) for day in leave(lake)] == [(MAY_1, None)]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda lake: lake.file(MAY_1).unlink(), "the lake does not hold it: IO Error: No files found"),
        (lambda lake: lake.file(MAY_1).write_bytes(lake.file(MAY_1).read_bytes()[:-100]), "the lake does not hold it"),
        (
            lambda lake: lake.file(MAY_2).replace(lake.file(MAY_1)),
            "the lake does not hold it: as many rows (20), but not the same",
        ),
        (lambda lake: lake.add(MAY_1, 21, 21), "it has changed since it was exported"),
        (lambda lake: lake.rows("update raw.events set city = 'Wien' where line_number = 7"), "but not the same"),
        (lambda lake: lake.rows("delete from lake.days"), "it is not in the lake yet"),
    ],
)
def test_no_day_leaves_that_the_lake_does_not_hold(lake_of_two_days, spoil, why):
    lake = lake_of_two_days
    spoil(lake)
    ((day, kept),) = [(found.day, found.kept) for found in leave(lake)]
    assert day == MAY_1
    assert why in kept
    assert partitions(lake) == {MAY_1, MAY_2}

    lake.export()
    assert [(found.day, found.kept) for found in leave(lake)] == [(MAY_1, None)]


def test_whoever_loads_just_then_keeps_the_day(lake_of_two_days):
    lake = lake_of_two_days
    with connect(lake.url) as loading:
        loading.execute("lock table raw.events in row exclusive mode")
        assert [found.kept for found in leave(lake)] == ["others use its tables just now; it leaves next time"]
    assert [found.kept for found in leave(lake)] == [None]


def test_events_that_come_after_their_day_has_left_are_put_with_the_others(lake_of_two_days):
    lake = lake_of_two_days
    leave(lake)
    lake.add(MAY_1, until=22, since=19)  # two of them for the second time
    assert lake.changed() == [MAY_1]
    ((late, kept),) = [(found.day, found.kept) for found in what_would_leave(lake.url, lake.settings, JULY_31)]
    assert (late, kept) == (MAY_1, "events of it have come since it left: it is exported again first")
    lake.export()
    assert lake.read("select count(*), count(distinct event_id) from raw.events where day = '2026-05-01'") == [(22, 22)]
    assert lake.rows(COUNTS)[0] == (MAY_1, 17, 5)
    assert [found.kept for found in leave(lake)] == [None]


def test_a_file_that_was_damaged_after_its_day_left_is_found_and_not_taken_for_the_day(lake_of_two_days):
    lake = lake_of_two_days
    leave(lake)
    lake.file(MAY_1).write_bytes(b"PAR1 and nothing else PAR1")
    found = {day.day: day for day in compare_days(lake.url, lake.settings, open_duckdb(lake.settings))}
    assert (found[MAY_1].verdict, found[MAY_1].has_left, found[MAY_2].verdict) == ("unreadable", True, "equal")
    with pytest.raises(DogearError, match="restore the file from a backup"):
        recall(lake.url, lake.settings, [MAY_1])
    assert partitions(lake) == {MAY_2}


def test_a_partition_without_rows_goes_too(lake):
    lake.rows("select raw.ensure_event_partitions(array['2026-05-01'::date])")
    assert [found.kept for found in leave(lake)] == [None]
    assert leave(lake) == []


def test_a_day_of_which_all_was_erased_leaves_after_its_file_was_written_without_it(lake_of_two_days):
    lake = lake_of_two_days
    lake.rows("delete from raw.events where occurred_at < '2026-05-02'")
    lake.rows("insert into raw.day_counts (day, events, crawlers) values ('2026-05-01', -15, -5)")
    assert [found.kept for found in leave(lake)] == ["it has changed since it was exported"]
    lake.export()
    assert [found.kept for found in leave(lake)] == [None]
    assert recall(lake.url, lake.settings, [MAY_1]) == [MAY_1]
    assert partitions(lake) == {MAY_2}


def test_a_recall_that_is_cut_off_leaves_the_day_where_it_was(lake_of_two_days):
    lake = lake_of_two_days
    leave(lake)
    lake.rows("alter table lake.days add constraint cut_off check (left_at is not null) not valid")
    with pytest.raises(Exception, match="cut_off"):
        recall(lake.url, lake.settings, [MAY_1])
    assert partitions(lake) == {MAY_2}
    lake.rows("alter table lake.days drop constraint cut_off")
    assert recall(lake.url, lake.settings, [MAY_1]) == [MAY_1]
    assert partitions(lake) == {MAY_1, MAY_2}


def test_an_event_whose_time_was_put_right_is_known_after_its_day_has_left(lake_of_two_days):
    lake = lake_of_two_days
    known = "select event_id, site from raw.events where line_number = 5"
    lake.rows(f"insert into raw.corrected_events (event_id, site) {known}")
    question = "select event_id::text, occurred_at + interval '1 minute' as occurred_at, received_at, " + (
        "now() as client_occurred_at, event_type, source, site, user_code, account_id, client_visitor_id, "
        "anonymous_id::text, client_session_id, is_bot, page_path, page_title, referrer_host, country_code, "
        "device_type "
        "from raw.events where line_number = 5 and occurred_at < '2026-05-02'"
    )
    with adbc.connect(lake.url) as connection:
        with connection.cursor() as cursor:
            cursor.execute(question)
            again = cursor.fetch_arrow_table()
        leave(lake)
        assert len(again) == 1
        now = datetime.now(UTC)
        assert forget_corrected(lake.url, now + timedelta(days=29)) == 0
        assert load_events(connection, again) == 0
    assert forget_corrected(lake.url, now + timedelta(days=31)) == 2, "nobody sends it after a month"


def test_a_lake_elsewhere_is_not_taken_for_the_one_that_days_left_for(lake_of_two_days, tmp_path):
    lake = lake_of_two_days
    leave(lake)
    elsewhere = lake.settings.model_copy(update={"lake_url": str(tmp_path / "elsewhere")})
    with pytest.raises(DogearError, match=r"does not hold 2026-05-01, .* Is DOGEAR_LAKE_URL right"):
        list(export_days(lake.url, elsewhere, open_duckdb(elsewhere), [MAY_2]))
    with pytest.raises(DogearError, match="Nothing was erased"):
        visitor_days(connect(lake.url), elsewhere, "visitor 1", None, None)
    (Path(lake.settings.lake) / "manifest.json").unlink()
    found = visitor_days(connect(lake.url), lake.settings, "visitor 1", None, None)
    assert [(day.day, day.events) for day in found] == [(MAY_1, 3), (MAY_2, 3)]


def test_dbt_by_hand_finds_the_days_that_it_writes(lake_of_two_days):
    lake = lake_of_two_days
    leave(lake)
    for written in (["run", "-s", "analytics_sessions"], ["--log-level", "debug", "build"], ["-t", "docs", "run"]):
        with (
            pytest.raises(DogearError, match="1 days, 2026-05-01 to 2026-05-01, have left"),
            days_at_hand(lake.url, lake.settings, written),
        ):
            pass
    with days_at_hand(lake.url, lake.settings, ["test", "-s", "build"]):
        pass
    with days_at_hand(lake.url, lake.settings, ["build", "--vars", "{from_day: 2026-05-03, to_day: 2026-05-03}"]):
        assert partitions(lake) == {MAY_1, MAY_2}
