"""What answers must say, counted in plain Python from the rows of the marts of detail: no SQL, no tables, no router.

Each metric is counted from its own rows: sessions, page views, clicks, events. A row's values of dimensions are texts,
numbers, days; None is what is not known.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product
from statistics import quantiles
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.installation import Installation

Row = Mapping[str, Any]
UTMS = [f"utm_{part}" for part in ("source", "medium", "campaign", "term", "content")]
OWN = {"country": "country_code", "region": "region", "city": "city", "device": "device_type", "browser": "browser"}
OWN |= {"system": "os", "language": "language_code", "host": "page_host"}
PAGES = {"page", "document", "content_type", "version"}


class Facts:
    """Rows of each kind: the ``row`` of the mart, the values of its dimensions in ``by``."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.rows = rows

    def __repr__(self) -> str:
        return "the facts"


def read(world: Installation) -> Facts:
    """All there is, as the marts of detail hold it."""
    with psycopg.connect(world.database_url, row_factory=dict_row) as connection:  # pyright: ignore[reportArgumentType]

        def rows(statement: str) -> list[Any]:
            return connection.execute(statement.encode()).fetchall()

        paths = {(row["site"], str(row["content_id"])): row["url_path"] for row in rows("select * from content.items")}
        sessions = {row["session_id"]: row for row in rows("select * from marts.analytics_sessions")}
        views = rows("select * from marts.analytics_page_views")
        clicks = rows("select * from marts.analytics_clicks")
        events = rows("select * from marts.analytics_custom_events")
        of_types = rows("select * from raw.events where not is_bot")
        goals = rows("select * from content.goals")

    def page(row: Row, kind: str) -> Any:
        found = row[f"{kind}entity_id"]
        return paths.get((row["site"], found), found)

    def in_time(at: datetime) -> dict[str, Any]:
        day = at.astimezone(UTC).date()
        hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        return {**of_day(day), "time:hour": hour, "hour": hour.hour}

    def of_session(session: Row) -> dict[str, Any]:
        led_here = session["referrer_host"] if session["channel"] != "Direct" else None
        source = session["utm_source"] or (led_here if led_here != session["site"] else None)
        return {
            **{name: session[name] or None for name in UTMS},
            "channel": session["channel"],
            "traffic_source": session["traffic_source"],
            "source": source or None,
            "referrer": session["referrer_host"] or None,
            "entry_page": page(session, "entry_"),
            "exit_page": page(session, "exit_"),
        }

    def places(row: Row) -> dict[str, Any]:
        width = row["screen_width"]
        bounds = [(576, "mobile"), (992, "tablet"), (1440, "laptop"), (10**9, "desktop")]
        screen = None if width is None else next(name for bound, name in bounds if width < bound)
        return {**{name: row[column] or None for name, column in OWN.items()}, "screen": screen}

    def own(row: Row) -> dict[str, Any]:
        return {"site": row["site"], "share_code": row["share_code"] or None}

    def pages(row: Row) -> dict[str, Any]:
        is_document = row["entity_type"] != "page"
        document = row["entity_id"] if is_document else None
        return {"page": page(row, ""), "document": document, "content_type": row["entity_type"]}

    def fact(row: Row, at: datetime, *more: dict[str, Any]) -> dict[str, Any]:
        by = {**own(row), **in_time(at)}
        for part in more:
            by |= part
        return {"row": row, "by": by}

    def session_of(row: Row) -> Row:
        return sessions[row["session_id"]]

    found = {
        "sessions": [fact(one, one["first_seen"], of_session(one), places(one)) for one in sessions.values()],
        "page_views": [
            fact(
                view, view["viewed_at"], of_session(session_of(view)), places(view), pages(view),
                {"version": view["version_number"]},
            )
            for view in views
        ],
        "clicks": [
            fact(
                click, click["clicked_at"], of_session(session_of(click)), places(session_of(click)), pages(click),
                {"device": click["device_type"]},
            )
            for click in clicks
        ],
        "custom_events": [
            fact(
                event, event["occurred_at"], of_session(session_of(event)), places(session_of(event)), pages(event),
                {"event": event["event_type"]},
            )
            for event in events
        ],
        "events": [fact(event, event["occurred_at"], {"event": event["event_type"]}) for event in of_types],
        "goal_conversions": [
            fact(event, event["occurred_at"], {"goal": goal["goal"]})
            for event, goal in product(of_types, goals)
            if reaches(event, goal)
        ],
    }  # fmt: skip
    return Facts({**found, "visitors": found["page_views"]})


def reaches(event: Row, goal: Row) -> bool:
    is_there = goal["page_path"] is None or (event["page_path"] or "").rstrip("/") == goal["page_path"]
    return (event["site"], event["event_type"]) == (goal["site"], goal["event_type"]) and is_there


def of_day(day: date) -> dict[str, Any]:
    return {
        "time:day": day,
        "time:week": day - timedelta(days=day.weekday()),
        "time:month": day.replace(day=1),
        "weekday": day.isoweekday(),
    }


def total(numbers: Iterable[Any]) -> Any:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def mean(numbers: Iterable[Any]) -> Any:
    known = [number for number in numbers if number is not None]
    return sum(known) / len(known) if known else None


def share(rows: list[Row], test: Callable[[Row], bool]) -> Any:
    return sum(map(test, rows)) / len(rows) if rows else None


def percentile(rows: list[Row], percent: int) -> Any:
    known = sorted(row["load_time_ms"] for row in rows if row["load_time_ms"] is not None)
    if len(known) < 2:
        return known[0] if known else None
    return quantiles(known, n=100, method="inclusive")[percent - 1]


COUNTED: dict[str, tuple[str, Callable[[list[Row]], Any]]] = {
    "visitors": ("visitors", lambda rows: len({(row["site"], row["visitor_id"]) for row in rows})),
    "sessions": ("sessions", len),
    "page_views": ("page_views", len),
    "clicks": ("clicks", len),
    "events": ("events", len),
    "custom_events": ("custom_events", len),
    "goal_conversions": ("goal_conversions", len),
    "conversions": ("sessions", lambda rows: sum(row["conversions"] for row in rows)),
    "converting_sessions": ("sessions", lambda rows: sum(row["conversions"] > 0 for row in rows)),
    "conversion_rate": ("sessions", lambda rows: share(rows, lambda row: row["conversions"] > 0)),
    "bounce_rate": ("sessions", lambda rows: share(rows, lambda row: row["is_bounce"])),
    "engagement_rate": ("sessions", lambda rows: share(rows, lambda row: row["is_engaged"])),
    "views_per_session": ("sessions", lambda rows: mean(row["page_views"] for row in rows)),
    "engaged_time": ("sessions", lambda rows: total(row["engaged_seconds"] for row in rows)),
    "engaged_time_per_session": (
        "sessions",
        lambda rows: None if (sum_of := total(row["engaged_seconds"] for row in rows)) is None else sum_of / len(rows),
    ),
    "time_on_page": ("page_views", lambda rows: mean(row["time_on_page"] for row in rows)),
    "scroll_depth": ("page_views", lambda rows: mean(row["scroll_depth_percentage"] for row in rows)),
    **{f"load_time_p{part}": ("page_views", lambda rows, part=part: percentile(rows, part)) for part in (50, 75, 95)},
}


def fits(condition: Any, by: Mapping[str, Any]) -> bool:
    """Whether a filter keeps a row with these values."""
    if not condition:
        return True
    operator = condition[0]
    if not isinstance(operator, str):
        return all(fits(part, by) for part in condition)
    if operator in {"and", "or"}:
        return (all if operator == "and" else any)(fits(part, by) for part in condition[1])
    if operator == "not":
        return not fits(condition[1], by)
    value = by[condition[1]]
    if operator == "is_set":
        return value is not None
    values = condition[2]
    if operator in {"is", "is_not"}:
        return (value in values) == (operator == "is")
    return value is not None and any(compares(operator, value, one) for one in values)


def compares(operator: str, value: Any, other: Any) -> bool:
    return {
        "contains": lambda: other in value,
        "starts_with": lambda: value.startswith(other),
        "matches": lambda: re.search(other, value) is not None,
        "gt": lambda: value > other,
        "gte": lambda: value >= other,
        "lt": lambda: value < other,
        "lte": lambda: value <= other,
    }[operator]()


def expected(facts: Facts, question: dict[str, Any], first: date, last: date) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Rows of the answer, metrics by values of the dimensions. All but order, pages, having and comparison."""
    dimensions, metrics = question.get("dimensions", []), question["metrics"]
    used = {*dimensions, *names_in(question.get("filters"))}
    groups: dict[tuple[Any, ...], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for kind in {COUNTED[metric][0] for metric in metrics}:
        for fact in facts.rows[kind]:
            by = fact["by"]
            if not first <= by["time:day"] <= last or not fits(question.get("filters"), by):
                continue
            if used & PAGES and by["page"] is None:
                continue
            if "sites" in question and by["site"] not in question["sites"]:
                continue
            groups[tuple(by[name] for name in dimensions)][kind].append(fact["row"])
    keys = {*groups, *filled(groups, dimensions, first, last, fill=question.get("fill", True))} if dimensions else {()}
    return {key: tuple(count(groups[key][kind]) for kind, count in (COUNTED[it] for it in metrics)) for key in keys}


def names_in(condition: Any) -> set[str]:
    if not isinstance(condition, list) or not condition:
        return set()
    if condition[0] in {"and", "or"}:
        return {name for part in condition[1] for name in names_in(part)}
    if condition[0] == "not":
        return names_in(condition[1])
    return {condition[1]} if isinstance(condition[0], str) else {name for part in condition for name in names_in(part)}


def filled(
    groups: Iterable[tuple[Any, ...]], dimensions: list[str], first: date, last: date, *, fill: bool
) -> Iterable[tuple[Any, ...]]:
    """Groups that are there because each step of time has a row."""
    time = next((name for name in dimensions if name.startswith("time:")), None)
    if time is None or not fill or {"hour", "weekday"} & {*dimensions}:
        return
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    steps: set[Any] = {of_day(day)[time] for day in days} if time != "time:hour" else set()
    if time == "time:hour":
        steps = {datetime(day.year, day.month, day.day, hour, tzinfo=UTC) for day in days for hour in range(24)}
    place = dimensions.index(time)
    others = {(*key[:place], *key[place + 1 :]) for key in groups} if len(dimensions) > 1 else {()}
    for other, step in product(others, steps):
        yield (*other[:place], step, *other[place:])
