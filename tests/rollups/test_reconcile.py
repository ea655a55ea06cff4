"""Marts that were tampered with, or events that were not counted: the night's check names the day and the figure."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import dagster as dg
import pytest

from orchestration.resources.postgres import connect, with_database
from orchestration.rollups.reconcile import Difference, reconcile
from tests.conftest import database_of_its_own
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event

FIRST = datetime(2026, 3, 1, 10, tzinfo=UTC)
KINDS = ["page_view", "page_view", "click", "like", "heartbeat", "heatmap", "scroll"]
BUILT = date(2026, 3, 2)


def visits(day: int, visitor: str, *kinds: str) -> list[Event]:
    return [
        Event(
            event_id=uuid4(),
            occurred_at=FIRST + timedelta(days=day, minutes=minute),
            event_type=kind,
            user_code="ada",
            site="example.org",
            page_path=f"/{minute}",
            client_visitor_id=visitor,
        )
        for minute, kind in enumerate(kinds)
    ]


@pytest.fixture(scope="module")
def built(server_url, parsed, tmp_path_factory) -> Iterator[Warehouse]:
    """Three days: of two visitors, of three, and of one who saw no page."""
    with database_of_its_own(server_url) as url:
        parsed.give(url, home := tmp_path_factory.mktemp("reconcile"))
        warehouse = Warehouse(url, home)
        for day, visitors in [(0, "ab"), (1, "abc")]:
            for visitor in visitors:
                warehouse.load(visits(day, visitor, *KINDS))
        warehouse.load(visits(2, "d", "click"))
        warehouse.build(select=MODELS)
        yield warehouse


def test_what_was_built_agrees(built):
    found = reconcile(built.url)
    assert (found.days, found.differences) == (3, [])
    assert reconcile(built.url, last_days=1).days == 1


BREAKS = [
    ("delete from raw.day_counts where day = '2026-03-02'", []),
    (
        "delete from marts.analytics_page_views where event_id = (select event_id from marts.analytics_page_views "
        "where view_day = '2026-03-02' limit 1)",
        [("marts.analytics_page_views", "page views", 6, 5)],
    ),
    (
        "delete from marts.analytics_clicks where click_day = '2026-03-02'",
        [("marts.analytics_clicks", "clicks", 3, 0)],
    ),
    (
        "insert into marts.analytics_custom_events select * from marts.analytics_custom_events "
        "where event_day = '2026-03-02'",
        [("marts.analytics_custom_events", "custom events", 3, 6)],
    ),
    (
        "update marts.analytics_daily_sites set page_views = 7, visitors = 4 where date = '2026-03-02'",
        [("marts.analytics_daily_sites", "page views", 6, 7), ("marts.analytics_daily_sites", "visitors", 3, 4)],
    ),
    (
        "update marts.analytics_daily_user_stats set total_clicks = 2 where date = '2026-03-02'",
        [("marts.analytics_daily_user_stats", "clicks", 3, 2)],
    ),
    (
        "update marts.analytics_aggregates set unique_visitors = 2 where date = '2026-03-02' and hour is null",
        [("marts.analytics_aggregates", "visitors", 3, 2)],
    ),
    (
        "insert into raw.events (event_id, occurred_at, event_type, source, site, user_code, client_visitor_id, is_bot)"
        " values (gen_random_uuid(), '2026-03-02 23:59:59+00', 'scroll', 'test', 'example.org', 'ada', 'a', false)",
        [
            ("marts.analytics_daily_sites", "events", 22, 21),
            ("marts.built_days", "events", 22, 21),
            ("raw.day_counts", "events", 22, 21),
        ],
    ),
    (
        "delete from raw.events where occurred_at >= '2026-03-02 00:00+00' and event_type = 'page_view' "
        "and client_visitor_id = 'c'",
        [
            ("marts.analytics_aggregates", "page views", 4, 6),
            ("marts.analytics_aggregates", "visitors", 2, 3),
            ("marts.analytics_daily_sites", "events", 19, 21),
            ("marts.analytics_daily_sites", "page views", 4, 6),
            ("marts.analytics_daily_sites", "visitors", 2, 3),
            ("marts.analytics_daily_user_stats", "page views", 4, 6),
            ("marts.analytics_page_views", "page views", 4, 6),
            ("marts.built_days", "events", 19, 21),
            ("raw.day_counts", "events", 19, 21),
        ],
    ),
]


@contextmanager
def broken_copy(server_url: str, built: Warehouse, statement: str) -> Iterator[str]:
    """A copy of the database, in which ``statement`` has done its harm."""
    with connect(server_url) as server:
        server.autocommit = True
        server.execute(f"create database broken template {urlsplit(built.url).path[1:]}".encode())
        try:
            with connect(url := with_database(server_url, "broken")) as connection:
                connection.execute(statement.encode())
            yield url
        finally:
            server.execute("drop database broken with (force)")


@pytest.mark.parametrize(("statement", "expected"), BREAKS, ids=[statement[:60] for statement, _ in BREAKS])
def test_what_is_broken_is_named(server_url, built, statement, expected):
    with broken_copy(server_url, built, statement) as url:
        assert reconcile(url).differences == [Difference(BUILT, *figure) for figure in expected]


def test_the_ui_shows_what_differs_and_the_night_looks_for_it(server_url, built, monkeypatch):
    monkeypatch.setenv("DOGEAR_HOME", str(built.home))
    monkeypatch.setenv("DATABASE_URL", built.url)
    from orchestration.definitions import defs
    from orchestration.rollups.checks import marts_hold_what_was_collected as check

    steps = {name: [node.name for node in defs.resolve_job_def(name).nodes] for name in ("build", "update")}
    assert any(step.endswith(check.check_key.name) for step in steps["build"])
    assert steps["update"] == ["rollups"]
    looks = dg.define_asset_job("looks", selection=dg.AssetSelection.checks(check))
    job = dg.Definitions(asset_checks=[check], jobs=[looks], resources=defs.resources).resolve_job_def("looks")
    (looked,) = job.execute_in_process().get_asset_check_evaluations()
    assert (looked.passed, looked.metadata["days looked at"].value) == (True, 3)

    with broken_copy(server_url, built, "delete from marts.analytics_clicks where click_day = '2026-03-02'") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        (looked,) = job.execute_in_process().get_asset_check_evaluations()
    assert (looked.passed, looked.severity) == (False, dg.AssetCheckSeverity.ERROR)
    table = looked.metadata["table"]
    assert isinstance(table, dg.TableMetadataValue)
    rows = [tuple(record.data.values()) for record in table.records]
    assert ("2026-03-02", "marts.analytics_clicks", "clicks", 3, 0) in rows
