"""The table of docs/rollups.md, "Which events make a session": events in, sessions and time on page out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event

TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
Said = tuple[float, str, float | None]  # minutes after ten, type, engaged seconds
READ: list[Said] = [(0, "page_view", None), (1 / 3, "heartbeat", 20.0)]
FURTHER: dict[str, list[Said]] = {
    "no more": [],
    "a look at 10:45": [(45, "heartbeat", 5.0)],
    "a look and a click": [(45, "heartbeat", 5.0), (46, "click", None)],
    "a look on the next day": [(24 * 60, "heartbeat", 5.0)],
    "a heartbeat before": [(-1, "heartbeat", 5.0)],
    "a look after midnight": [(14 * 60 + 10, "scroll", None), (14 * 60 + 10, "heartbeat", 5.0)],
}
SESSIONS = """
    select visitor_id, first_seen, duration_seconds, page_views, is_bounce, engaged_seconds, channel
    from marts.analytics_sessions order by visitor_id, first_seen
"""


def events_of(visitor: str, said: list[Said]) -> list[Event]:
    who: dict[str, Any] = {"client_visitor_id": visitor, "user_code": "ada", "site": "example.org", "page_path": "/"}
    return [
        Event(
            event_id=uuid4(),
            occurred_at=TEN + timedelta(minutes=minutes),
            event_type=kind,
            engaged_seconds=seconds,
            **who,
        )
        for minutes, kind, seconds in said
    ]


def test_a_tab_that_is_looked_at_again_is_no_session(warehouse: Warehouse) -> None:
    for visitor, further in FURTHER.items():
        warehouse.load(events_of(visitor, [*READ, *further]))
    warehouse.load(events_of("only a look", [(0, "heartbeat", 5.0)]))
    warehouse.load(events_of("only a sign-up", [(0, "signup", None)]))
    warehouse.build(select=MODELS)
    read = (TEN, 20.0, 1, True)
    assert warehouse.rows(SESSIONS) == [
        ("a heartbeat before", *read, 20.0, "Direct"),
        ("a look after midnight", *read, 25.0, "Direct"),
        ("a look and a click", *read, 25.0, "Direct"),
        ("a look and a click", TEN + timedelta(minutes=46), 0.0, 0, False, None, "Unassigned"),
        ("a look at 10:45", *read, 25.0, "Direct"),
        ("a look on the next day", *read, 20.0, "Direct"),
        ("no more", *read, 20.0, "Direct"),
        ("only a sign-up", TEN, 0.0, 0, False, None, "Unassigned"),
    ]
    views = "select visitor_id, time_on_page from marts.analytics_page_views"
    assert dict(warehouse.rows(views)) == {
        "no more": 20.0,
        "a look at 10:45": 25.0,
        "a look and a click": 25.0,
        "a look on the next day": 20.0,
        "a heartbeat before": 20.0,
        "a look after midnight": 25.0,
    }
    # Nothing is lost: what counts in no session counts among the events of its day.
    beats = "select sum(event_count) from marts.analytics_daily_events where event_type = 'heartbeat'"
    assert warehouse.rows(beats) == [(12,)]
