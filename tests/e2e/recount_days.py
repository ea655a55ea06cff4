"""Rows of the marts that hold what a day adds up to."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from tests.e2e.acts import SITE
from tests.e2e.facts import Facts, Visit, total
from tests.e2e.recount_channels import coarse, host_of
from tests.e2e.recounts import Marts, Row, entered, grouped, timed, views_by_entity

MARTS = Marts()


@MARTS.recount(
    "analytics_aggregates",
    "date, hour, {entity}, total_views, unique_visitors, unique_accounts, anonymous_visitors, seconds_on_page, "
    "timed_views, entries, bounces, bounce_rate",
)
def aggregates(facts: Facts) -> Iterable[Row]:
    for when in (lambda view: (view.act.day, None), lambda view: (view.act.day, view.act.at.hour)):
        for ((day, hour), entity), views in views_by_entity(facts.views, when).items():
            visitors = len({view.act.reader for view in views})
            yield (day, hour, entity, len(views), visitors, 0, visitors, *timed(views), *entered(views))


@MARTS.recount("analytics_daily_events", "date, event_type, event_count, visitors, engaged_seconds")
def daily_events(facts: Facts) -> Iterable[Row]:
    for (day, kind), acts in grouped(facts.acts, lambda act: (act.day, act.kind)).items():
        visitors = len({act.reader for act in acts}) if acts[0] in facts.named else None
        yield (day, kind, len(acts), visitors, total(act.data.get("engaged_seconds") for act in acts))


@MARTS.recount("analytics_daily_properties", "date, event_type, property, value, event_count, visitors")
def daily_properties(facts: Facts) -> Iterable[Row]:
    said = [(act, name, str(value)) for act in facts.named for name, value in act.data.get("properties", {}).items()]
    for (day, kind, name, value), acts in grouped(said, lambda it: (it[0].day, it[0].kind, *it[1:])).items():
        yield (day, kind, name, value, len(acts), len({act.reader for act, *_ in acts}))


@MARTS.recount("analytics_daily_page_stats", "user_code, share_code, date, page_type, view_count")
def daily_page_stats(facts: Facts) -> Iterable[Row]:
    for day, views in grouped(facts.views, lambda view: view.act.day).items():
        yield ("jordan", "", day, "", len(views))


@MARTS.recount(
    "analytics_daily_click_targets", "user_code, share_code, date, click_target, click_category, click_count"
)
def daily_click_targets(facts: Facts) -> Iterable[Row]:
    for (day, target), acts in grouped(facts.of_kind("click"), lambda act: (act.day, act.data["click_target"])).items():
        yield ("jordan", "", day, target, "link", len(acts))


def day_counts(facts: Facts) -> dict[date, tuple[int, int, int]]:
    """By day: sessions that began, page views, clicks."""
    sessions = Counter(visit.day for visit in facts.visits)
    views, clicks = (Counter(act.day for act in facts.of_kind(kind)) for kind in ("page_view", "click"))
    return {day: (sessions[day], views[day], clicks[day]) for day in sessions | views | clicks}


@MARTS.recount(
    "analytics_daily_group_stats", "user_code, share_code, date, total_sessions, total_page_views, total_clicks"
)
def daily_group_stats(facts: Facts) -> Iterable[Row]:
    return (("jordan", "", day, *counts) for day, counts in day_counts(facts).items())


@MARTS.recount(
    "analytics_daily_user_stats",
    "user_code, date, total_sessions, total_page_views, total_clicks, unique_share_codes, unique_visitors",
)
def daily_user_stats(facts: Facts) -> Iterable[Row]:
    for day, counts in day_counts(facts).items():
        yield ("jordan", day, *counts, 0, len({view.act.reader for view in facts.views if view.act.day == day}))


def outcomes(visits: list[Visit]) -> Row:
    """How many, how many of them engaged, bounced, converted."""
    tests = (lambda v: v.is_engaged, lambda v: v.is_bounce, lambda v: v.conversions > 0)
    return (len(visits), *(sum(map(test, visits)) for test in tests))


@MARTS.recount(
    "analytics_daily_sites",
    "date, events, page_views, clicks, sessions, engaged_sessions, bounces, converting_sessions, visitors, "
    "engaged_seconds",
)
def daily_sites(facts: Facts) -> Iterable[Row]:
    visits = grouped(facts.visits, lambda visit: visit.day)
    for day, acts in grouped(facts.acts, lambda act: act.day).items():
        kinds = Counter(act.kind for act in acts)
        visitors = len({act.reader for act in acts if act.kind == "page_view"})
        engaged = total(act.data.get("engaged_seconds") for act in acts)
        yield (day, len(acts), kinds["page_view"], kinds["click"], *outcomes(visits[day]), visitors, engaged)


@MARTS.recount(
    "analytics_daily_sources",
    "date, channel, traffic_source, referrer, sessions, engaged_sessions, bounces, converting_sessions, page_views",
)
def daily_sources(facts: Facts) -> Iterable[Row]:
    for (day, channel, referrer), visits in grouped(
        facts.visits, lambda visit: (visit.day, visit.channel, referrer_of(visit))
    ).items():
        views = sum(len(visit.paths) for visit in visits)
        yield (day, channel, coarse(channel), referrer, *outcomes(visits), views)


def referrer_of(visit: Visit) -> str:
    """Who sent the session: a campaign's source, else another host, else nobody."""
    data = visit.acts[0].data
    host = host_of(data.get("referrer"))
    return data.get("utm_source") or (host if host != SITE else None) or ""


@MARTS.recount("analytics_goal_conversions", "goal, date, conversions, visitors")
def goal_conversions(facts: Facts) -> Iterable[Row]:
    for goal in facts.goals:
        reached = [act for act in facts.acts if goal.is_reached(act)]
        for day, acts in grouped(reached, lambda act: act.day).items():
            yield (goal.name, day, len(acts), len({act.reader for act in acts}))


@MARTS.recount("analytics_heatmap", "{entity}, date, device_type, kind, x_percent, y_band, points")
def heatmap(facts: Facts) -> Iterable[Row]:
    points = [act for act in facts.of_kind("click", "heatmap") if "pointer_x" in act.data]
    counts: Counter[Row] = Counter()
    for act in points:
        x, y, width = act.pointer
        kind = "click" if act.kind == "click" else "move"
        counts[facts.entity(act), act.day, act.data["device_type"], kind, min(100 * x // width, 99), y // 50 * 50] += 1
    return ((*spot, count) for spot, count in counts.items())
