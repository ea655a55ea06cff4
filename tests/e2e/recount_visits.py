"""Rows of the marts that hold single things: sessions, page views, clicks, events, visitors."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from tests.e2e.facts import Facts, PageView
from tests.e2e.recount_channels import coarse
from tests.e2e.recounts import Marts, Row, grouped, mean, timed, views_by_entity

MARTS = Marts()


@MARTS.recount(
    "analytics_sessions",
    "first_seen, last_seen, page_views, clicks, events, conversions, is_bounce, is_engaged, engaged_seconds, channel, "
    "traffic_source, {entry}, {exit}, page_host, screen_width",
)
def sessions(facts: Facts) -> Iterable[Row]:
    for visit in facts.visits:
        pages = (facts.entity(visit.acts[0]), facts.entity(visit.last_view))
        page = (visit.acts[0].host, visit.acts[0].data.get("screen_width"))
        counts = (len(visit.paths), visit.count("click"), len(visit.acts), visit.conversions)
        says = (visit.is_bounce, visit.is_engaged, visit.engaged_seconds, visit.channel, coarse(visit.channel))
        yield (visit.acts[0].at, visit.acts[-1].at, *counts, *says, *pages, *page)


@MARTS.recount(
    "visitor_sessions", "first_seen, total_views, unique_pages, entry_page, exit_page, is_bounce, duration_seconds"
)
def listed_sessions(facts: Facts) -> Iterable[Row]:
    for visit in facts.visits:
        pages = (len(visit.paths), len(set(visit.paths)), visit.paths[0], visit.paths[-1])
        yield (visit.acts[0].at, *pages, visit.is_bounce, visit.seconds)


@MARTS.recount(
    "analytics_page_views",
    "viewed_at, {entity}, version_number, view_number, is_entry, is_bounce, channel, time_on_page, "
    "scroll_depth_percentage, clicks",
)
def page_views(facts: Facts) -> Iterable[Row]:
    for view in facts.views:
        place = (view.number, view.is_entry, view.visit.is_bounce, view.visit.channel)
        clicks = sum(act.kind == "click" for act in view.followed)
        yield (view.act.at, view.entity, view.version and view.version.number, *place, view.seconds, view.depth, clicks)


@MARTS.recount(
    "analytics_clicks", "clicked_at, {entity}, click_target, click_category, pointer_x, pointer_y, viewport_width"
)
def clicks(facts: Facts) -> Iterable[Row]:
    for act in facts.of_kind("click"):
        yield (act.at, facts.entity(act), act.data["click_target"], act.data["click_category"], *act.pointer)


@MARTS.recount("analytics_custom_events", "occurred_at, event_type, visitor_id, {entity}, properties::text")
def custom_events(facts: Facts) -> Iterable[Row]:
    for act in facts.named:
        properties = act.data.get("properties")
        yield (act.at, act.kind, act.reader[0], facts.entity(act), properties and json.dumps(properties))


@MARTS.recount(
    "visitor_days", "day, {entity}, page_views, first_viewed_at, last_viewed_at, seconds_on_page, timed_views"
)
def visitor_days(facts: Facts) -> Iterable[Row]:
    for ((day, _), entity), views in views_by_entity(facts.views, lambda v: (v.act.day, v.act.reader)).items():
        times = [view.act.at for view in views]
        yield (day, entity, len(views), min(times), max(times), *timed(views))


@MARTS.recount("visitor_sets", "day, {entity}, cardinality(visitor_keys)")
def visitor_sets(facts: Facts) -> Iterable[Row]:
    for (day, entity), views in views_by_entity(facts.views, lambda view: view.act.day).items():
        yield (day, entity, len({view.act.reader for view in views}))


@MARTS.recount("analytics_visitors", "{entity}, visit_count, first_visit, last_visit, avg_time_on_page, days_visited")
def visitors(facts: Facts) -> Iterable[Row]:
    for (_, entity), views in views_by_entity(facts.views, lambda view: view.act.reader).items():
        times = [view.act.at for view in views]
        seconds = mean(view.seconds for view in views)
        yield (entity, len(views), min(times), max(times), seconds, len({at.date() for at in times}))


@MARTS.recount("built_days", "day, events")
def built_days(facts: Facts) -> Iterable[Row]:
    return Counter(act.day for act in facts.acts).items()


def periods_of(view: PageView) -> list[tuple[str, date]]:
    """The week and the month of a page view, each with its first day."""
    day = view.act.day
    return [("week", day - timedelta(days=day.weekday())), ("month", day.replace(day=1))]


@MARTS.recount("visitor_periods", "period, period_start, day, newcomers, leavers")
def visitor_periods(facts: Facts) -> Iterable[Row]:
    views = [(period, view) for view in facts.views for period in periods_of(view)]
    newcomers: Counter[Row] = Counter()
    leavers: Counter[Row] = Counter()
    for (period, _), own in grouped(views, lambda pair: (pair[0], pair[1].act.reader)).items():
        days = [view.act.day for _, view in own]
        newcomers[*period, min(days)] += 1
        leavers[*period, max(days)] += 1
    return ((*key, newcomers[key], leavers[key]) for key in newcomers | leavers)
