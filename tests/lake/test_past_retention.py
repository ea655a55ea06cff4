"""Marts of days whose events have left PostgreSQL: built again from the lake, every row the same."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from orchestration.days import DayRange
from orchestration.lake.days import changed_days
from orchestration.lake.export import export_days
from orchestration.lake.retention import let_old_days_leave
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event

MARCH_1 = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
IN_POSTGRES = "select distinct (occurred_at at time zone 'UTC')::date from raw.events order by 1"


def view(after_hours: float, path: str = "/", visitor: str = "ada") -> Event:
    return Event(
        event_id=uuid4(),
        occurred_at=MARCH_1 + timedelta(hours=after_hours),
        event_type="page_view",
        user_code="ada",
        site="example.org",
        page_path=path,
        client_visitor_id=visitor,
    )


def let_leave(warehouse: Warehouse, settings: Settings) -> int:
    with connect(warehouse.url) as connection:
        days = [changed.day for changed in changed_days(connection)]
    list(export_days(warehouse.url, settings, open_duckdb(settings), days))
    return sum(day.kept is None for day in let_old_days_leave(warehouse.url, settings, open_duckdb(settings)))


def test_a_backfill_past_the_retention_reads_the_lake(make_installation):
    installation = make_installation("past_retention")
    settings = Settings(home=installation.environment["DOGEAR_HOME"])
    warehouse = Warehouse(installation.database_url, settings.home_folder)
    # A session over midnight, and days around it.
    warehouse.load(
        [view(hours, visitor=who) for hours in (-48, -24, 0, 0.3, 0.5, 24, 48, 120) for who in ("ada", "bo")]
    )
    days = DayRange(MARCH_1.date() - timedelta(days=2), MARCH_1.date() + timedelta(days=6))
    warehouse.build(days, select=MODELS)
    before = warehouse.snapshot()
    assert sum(map(len, before.values())) > 50

    assert let_leave(warehouse, settings) == 6
    assert warehouse.rows(IN_POSTGRES) == []
    middle = DayRange(MARCH_1.date(), MARCH_1.date())
    with connect(warehouse.url) as connection:
        connection.execute(
            "update marts.analytics_page_views set page_path = '/spoilt' where view_day = %s", [middle.first]
        )
    warehouse.build(middle, select=MODELS)
    assert warehouse.snapshot() == before
    assert len(warehouse.rows(IN_POSTGRES)) == 5  # those that a build of one day reads; the last is too far away

    let_leave(warehouse, settings)
    late = view(0.4, "/late")
    warehouse.load([late])
    warehouse.build(select=MODELS)
    ((views,),) = warehouse.rows("select count(*) from marts.analytics_page_views where view_day = '2026-03-02'")
    assert views == 2 * 3 + 1
    assert let_leave(warehouse, settings) >= 4
