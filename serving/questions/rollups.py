"""Rollups that answer questions, of each fact the cheapest first."""

from collections.abc import Mapping

from serving.questions.tables import Column, Table, exact_sum, known, of_days, total

SITE = {"site": Column("t.site")}
DAYS = {**SITE, **of_days("t.date")}
OTHER = "(other)"
# Dimension, and how analytics_daily_breakdowns names it.
OF_SESSIONS = {
    **{name: name for name in ("country", "region", "city", "device", "browser", "language", "screen", "host")},
    **{f"utm_{part}": f"utm_{part}" for part in ("source", "medium", "campaign", "term", "content")},
    "system": "os",
}
OF_PAGE_VIEWS = ("channel", "country", "language", "device")
HOURS = {
    "time:hour": Column("(cast(t.date as timestamp) + t.hour * interval '1 hour'{shift})"),
    "hour": Column("cast(t.hour as integer)"),
}
PAGES = {
    "page": Column("coalesce(document.url_path, t.entity_id)", ("document",)),
    "document": Column("case when t.entity_type <> 'page' then t.entity_id end"),
    "content_type": Column("t.entity_type"),
}
OF_PAGES = frozenset(PAGES)
OTHER_PAGE = {"page": f"t.entity_id = '{OTHER}'"}
SESSIONS = {name: total(f"t.{name}") for name in ("sessions", "bounces", "engaged_sessions", "converting_sessions")}
MORE_OF_SESSIONS = {
    **SESSIONS,
    "session_views": total("t.page_views"),
    "engaged_seconds": exact_sum("t.engaged_seconds"),
}
TIMED = {"seconds_on_page": exact_sum("t.seconds_on_page"), "timed_views": total("t.timed_views")}
VIEWS = {"page_views": total("t.total_views"), **TIMED}


def rollup(name: str, fact: str, columns: Mapping[str, Column], measures: Mapping[str, str], **more: object) -> Table:
    said = {"day": "t.date", **more}
    return Table(name=name, fact=fact, source="rollup", columns=columns, measures=measures, **said)  # pyright: ignore[reportArgumentType]


def breakdown(dimension: str, value: str) -> Table:
    return rollup(
        "analytics_daily_breakdowns",
        "sessions",
        {**DAYS, dimension: Column(known("t.value"))},
        MORE_OF_SESSIONS,
        where=(f"t.dimension = '{value}'",),
        needs=frozenset({dimension}),
        capped={dimension: f"t.value = '{OTHER}'"},
        label=dimension,
    )


def page_of_sessions(dimension: str) -> Table:
    """Return the breakdown by the page with which sessions began, or ended."""
    documents = (
        "left join {documents} as document on document.site = t.site and document.content_id = t.value"
        " and t.within <> 'page'"
    )
    return rollup(
        "analytics_daily_breakdowns",
        "sessions",
        {**DAYS, dimension: Column(f"coalesce(document.url_path, {known('t.value')})")},
        MORE_OF_SESSIONS,
        where=(f"t.dimension = '{dimension}'",),
        also_from=documents,
        needs=frozenset({dimension}),
        capped={dimension: f"t.value = '{OTHER}'"},
        label=dimension,
    )


def page_breakdown(dimension: str) -> Table:
    return rollup(
        "analytics_daily_page_breakdowns",
        "page_views",
        {**DAYS, **PAGES, dimension: Column(known("t.value"))},
        {"page_views": total("t.page_views"), **TIMED},
        # A session may enter a page on another day than that of the view.
        where=(f"t.dimension = '{dimension}'", "t.page_views > 0"),
        needs=OF_PAGES,
        capped={"page": f"t.entity_id = '{OTHER}'", dimension: f"t.value = '{OTHER}'"},
        label=dimension,
    )


def aggregates(label: str, columns: Mapping[str, Column], *where: str, **more: object) -> Table:
    where = (*where, "t.total_views > 0")
    return rollup("analytics_aggregates", "page_views", columns, VIEWS, where=where, label=label, **more)


IS_SITE, IS_PAGE, BY_DAY, BY_HOUR = (
    *("t.entity_type = 'site'", "t.entity_type <> 'site'"),
    *("t.hour is null", "t.hour is not null"),
)
SETS = {**SITE, **of_days("t.day")}
KEYS = "cross join unnest(t.visitor_keys) as visitor(visitor_key)"


def visitor_sets(label: str, columns: Mapping[str, Column], where: str, **more: object) -> Table:
    return rollup(
        "visitor_sets",
        "visitors",
        columns,
        {},
        day="t.day",
        person="visitor.visitor_key",
        also_from=KEYS,
        where=(where,),
        label=label,
        **more,
    )


def periods(period: str) -> Table:
    """Return the newcomers of each week, or month: those up to a day are its visitors up to that day."""
    step = f"time:{period}"
    return rollup(
        "visitor_periods",
        "visitors",
        {**SITE, step: of_days("t.day")[step]},
        {"visitors": total("t.newcomers")},
        day="t.day",
        where=(f"t.period = '{period}'", "t.newcomers > 0"),
        whole=step,
        label=f"{period}s",
    )


ROLLUPS = [
    rollup("analytics_daily_sites", "sessions", DAYS, SESSIONS, where=("t.sessions > 0",)),
    rollup(
        "analytics_daily_sources",
        "sessions",
        {
            **DAYS,
            "channel": Column("t.channel"),
            "traffic_source": Column("t.traffic_source"),
            "source": Column(known("t.referrer")),
        },
        MORE_OF_SESSIONS,
        capped={"source": f"t.referrer = '{OTHER}'"},
    ),
    *(breakdown(dimension, value) for dimension, value in OF_SESSIONS.items()),
    *map(page_of_sessions, ("entry_page", "exit_page")),
    rollup(
        "analytics_daily_sites", "page_views", DAYS, {"page_views": total("t.page_views")}, where=("t.page_views > 0",)
    ),
    aggregates("sites by day", DAYS, IS_SITE, BY_DAY),
    aggregates("sites by hour", {**DAYS, **HOURS}, IS_SITE, BY_HOUR),
    aggregates("pages by day", {**DAYS, **PAGES}, IS_PAGE, BY_DAY, needs=OF_PAGES, capped=OTHER_PAGE),
    aggregates("pages by hour", {**DAYS, **PAGES, **HOURS}, IS_PAGE, BY_HOUR, needs=OF_PAGES, capped=OTHER_PAGE),
    *map(page_breakdown, OF_PAGE_VIEWS),
    rollup(
        "analytics_daily_sites",
        "visitors",
        DAYS,
        {"visitors": total("t.visitors")},
        where=("t.visitors > 0",),
        whole="time:day",
    ),
    rollup(
        "analytics_aggregates",
        "visitors",
        {**DAYS, **HOURS},
        {"visitors": total("t.unique_visitors")},
        where=(IS_SITE, BY_HOUR, "t.unique_visitors > 0"),
        whole="time:hour",
        label="sites by hour",
    ),
    *map(periods, ("week", "month")),
    visitor_sets("sites", SETS, IS_SITE),
    visitor_sets("pages", {**SETS, **PAGES}, IS_PAGE, needs=OF_PAGES, capped=OTHER_PAGE),
    rollup("analytics_daily_sites", "clicks", DAYS, {"clicks": total("t.clicks")}, where=("t.clicks > 0",)),
    rollup("analytics_daily_sites", "events", DAYS, {"events": total("t.events")}, where=("t.events > 0",)),
    rollup(
        "analytics_daily_events",
        "events",
        {**DAYS, "event": Column("t.event_type")},
        {"events": total("t.event_count")},
        capped={"event": f"t.event_type = '{OTHER}'"},
    ),
    rollup(
        "analytics_goal_conversions",
        "goal_conversions",
        {**DAYS, "goal": Column("t.goal")},
        {"goal_conversions": total("t.conversions")},
    ),
]
