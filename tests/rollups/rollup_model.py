"""The rows that a few marts must hold, from the sessions of ``session_model``: plain counting."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.rollups.session_model import Event, PageView, Session, page_views_of, sessions_of

Row = tuple[Any, ...]


def marts_of(events: Iterable[Event]) -> dict[str, list[Row]]:
    """Rows by mart, in the columns of ``MARTS`` in building.py, for the events of one site."""
    events = list(events)
    sessions = sessions_of(events)
    views = [view for session in sessions for view in page_views_of(session)]
    return {
        "sessions": [session_row(session) for session in sessions],
        "page_views": [view_row(view) for view in views],
        "daily_user_stats": daily_user_stats(sessions, views),
        "aggregates": aggregates(sessions, views),
    }


def session_row(session: Session) -> Row:
    first, views = session.events[0], session.views
    return (
        *(first.occurred_at, session.last_seen, session.day, first.visitor),
        next((event.account_id for event in session.events if event.account_id), None),
        session.share_code,
        *(len(views), sum(event.event_type == "click" for event in session.events), len(session.events)),
        *(session.is_bounce, session.is_engaged, rounded(session.engaged_seconds)),
        *(views[0].page_path if views else None, views[-1].page_path if views else None),
    )


def view_row(view: PageView) -> Row:
    """With the row of its session, which tells which one it is."""
    event = view.event
    return (
        *(event.event_id, event.occurred_at, event.day, event.visitor, view.session.day, view.number, view.number == 1),
        *(view.share_code, rounded(view.time_on_page), view.scroll_depth, view.clicks, canonical(event.page_path)),
        *session_row(view.session),
    )


def daily_user_stats(sessions: list[Session], views: list[PageView]) -> list[Row]:
    """Date, sessions, page views, clicks, different shared links, different visitors."""
    clicks = [(event, session) for session in sessions for event in session.events if event.event_type == "click"]
    codes: dict[date, set[str | None]] = {}
    for day, code in (
        *((session.day, session.share_code) for session in sessions),
        *((view.event.day, view.share_code) for view in views),
        *((click.day, click.share_code or session.share_code) for click, session in clicks),
    ):
        codes.setdefault(day, set()).add(code)
    return [
        (
            day,
            sum(session.day == day for session in sessions),
            sum(view.event.day == day for view in views),
            sum(click.day == day for click, _ in clicks),
            len(codes[day] - {None}),
            len({view.event.visitor for view in views if view.event.day == day}),
        )
        for day in codes
    ]


def aggregates(sessions: list[Session], views: list[PageView]) -> list[Row]:
    """Page, date, hour, views, visitors, accounts, anonymous visitors, mean time on page, bounce rate."""
    viewed: dict[Row, list[PageView]] = {}
    entered: dict[Row, list[bool]] = {}
    for view in views:
        for hour in (None, view.event.occurred_at.hour):
            viewed.setdefault((canonical(view.event.page_path), view.event.day, hour), []).append(view)
    for session in sessions:
        for hour in (None, session.events[0].occurred_at.hour) if session.views else ():
            key = (canonical(session.views[0].page_path), session.day, hour)
            entered.setdefault(key, []).append(session.is_bounce)
    return [
        (*key, *audience(viewed.get(key, [])), mean([float(bounce) for bounce in entered.get(key, [])]))
        for key in viewed.keys() | entered.keys()
    ]


def audience(views: list[PageView]) -> Row:
    accounts = {view.event.account_id for view in views} - {None}
    visitors = {view.event.visitor for view in views}
    signed_out = {view.event.visitor for view in views if not view.event.account_id}
    times = [view.time_on_page for view in views if view.time_on_page is not None]
    return (len(views), len(visitors), len(accounts), len(signed_out), mean(times))


def mean(numbers: list[float]) -> float | None:
    return rounded(sum(numbers) / len(numbers)) if numbers else None


def rounded(number: float | None) -> float | None:
    """To compare: sums of fractions may differ in their last bits. The rest keeps means of microseconds off a tie."""
    return None if number is None else round(number + 3e-8, 5)


def canonical(path: str | None) -> str | None:
    """README: pages have one path, with or without index.html and trailing slash."""
    while path and (shorter := re.sub(r"((/index)?\.html|/)$", "", path)) != path:
        path = shorter
    return path if path is None else path or "/"
