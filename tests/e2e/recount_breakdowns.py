"""Rows of the marts that say what sessions and page views have in common: places, devices, campaigns, pages."""

from collections.abc import Iterable
from typing import Any

from orchestration.events.user_agents import read_user_agent
from tests.e2e.acts import Act
from tests.e2e.facts import Facts, PageView, Visit, total
from tests.e2e.recount_days import outcomes
from tests.e2e.recounts import Marts, Row, entered, grouped, timed

MARTS = Marts()
AGENT = {"device": "device_type", "browser": "browser", "os": "os", "language": "language_code"}
READER = {"country": "country_code", "language": "language_code", "device": "device_type"}
CAMPAIGNS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]
# The content type of a page is not known here.
WITHIN = "case when m.dimension like '%\\_page' then '' else m.within end"


def known_of(act: Act) -> dict[str, Any]:
    """What an act says of its reader. (What a user agent says is tested in tests/events.)"""
    agent = read_user_agent(act.data["user_agent"])
    return {"device_type": agent.device_type, "os": agent.os, "browser": agent.browser, **act.data}


def screen(width: int | None) -> str:
    if width is None:
        return ""
    return "mobile" if width < 576 else "tablet" if width < 992 else "laptop" if width < 1440 else "desktop"


def values_of(facts: Facts, visit: Visit) -> Iterable[tuple[str, str, str]]:
    """Each dimension of a session, its value, and what that lies in."""
    known = known_of(visit.acts[0])
    country, region, city = (known.get(name) or "" for name in ("country_code", "region", "city"))
    yield from [("country", country, ""), ("region", region, country)]
    yield ("city", city, f"{country}/{region}" if region else country)
    yield from ((dimension, known.get(name) or "", "") for dimension, name in AGENT.items())
    yield from [("screen", screen(known.get("screen_width")), ""), ("host", visit.acts[0].host or "", "")]
    yield from ((name, known.get(name) or "", "") for name in CAMPAIGNS)
    for dimension, act in (("entry_page", visit.acts[0]), ("exit_page", visit.last_view)):
        yield (dimension, facts.entity(act), "")


@MARTS.recount(
    "analytics_daily_breakdowns",
    f"date, dimension, {{value}}, {WITHIN}, sessions, engaged_sessions, bounces, converting_sessions, page_views, "
    "engaged_seconds",
)
def breakdowns(facts: Facts) -> Iterable[Row]:
    pairs = [(value, visit) for visit in facts.visits for value in values_of(facts, visit)]
    for (day, value), own in grouped(pairs, lambda pair: (pair[1].day, pair[0])).items():
        visits = [visit for _, visit in own]
        views = sum(len(visit.paths) for visit in visits)
        yield (day, *value, *outcomes(visits), views, total(visit.engaged_seconds for visit in visits))


def readers_of(view: PageView) -> Iterable[tuple[str, str]]:
    known = known_of(view.act)
    yield ("channel", view.visit.channel)
    yield from ((dimension, known.get(name) or "") for dimension, name in READER.items())


@MARTS.recount(
    "analytics_daily_page_breakdowns",
    "date, {entity}, dimension, value, page_views, entries, bounces, timed_views, seconds_on_page",
)
def page_breakdowns(facts: Facts) -> Iterable[Row]:
    pairs = [(value, view) for view in facts.views for value in readers_of(view)]
    for (day, page, value), own in grouped(pairs, lambda p: (p[1].act.day, p[1].entity, p[0])).items():
        views = [view for _, view in own]
        entries, bounces, _ = entered(views)
        seconds, number = timed(views)
        yield (day, page, *value, len(views), entries, bounces, number, seconds)
