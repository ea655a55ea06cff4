"""Marts of detail that answer questions: a row for each session, page view, click or event, so they know most."""

from serving.questions.tables import Column, Table, exact_sum, known, of_instants, page

WIDTH = "{s}.screen_width"


def screen(width: str) -> str:
    """Return the class of a screen, as dbt's macro screen_class has it."""
    return (
        f"case when {width} < 576 then 'mobile' when {width} < 992 then 'tablet' when {width} < 1440 then 'laptop'"
        f" when {width} is not null then 'desktop' end"
    )


BARE_SITE = "regexp_replace(lower({s}.site), '^www\\.', '')"
# What only the session knows. How it came in: as analytics_daily_sources has it.
SESSION = {
    "channel": Column("{s}.channel"),
    "traffic_source": Column("{s}.traffic_source"),
    "source": Column(
        "coalesce(nullif({s}.utm_source, ''), nullif(case when {s}.channel <> 'Direct'"
        f" and {{s}}.referrer_host <> {BARE_SITE} then {{s}}.referrer_host end, ''))"
    ),
    "referrer": Column(known("{s}.referrer_host")),
    **{
        f"utm_{part}": Column(known(f"{{s}}.utm_{part}"))
        for part in ("source", "medium", "campaign", "term", "content")
    },
    "entry_page": Column(page("{s}.entry_entity_id", "{s}.entry_page_path", "entry"), ("entry",)),
    "exit_page": Column(page("{s}.exit_entity_id", "{s}.exit_page_path", "ending"), ("exit",)),
}
PLACES = {
    "country": Column(known("{s}.country_code")),
    "region": Column(known("{s}.region")),
    "city": Column(known("{s}.city")),
    "device": Column(known("{s}.device_type")),
    "browser": Column(known("{s}.browser")),
    "system": Column(known("{s}.os")),
    "language": Column(known("{s}.language_code")),
    "screen": Column(screen(WIDTH)),
    "host": Column(known("{s}.page_host")),
}
PAGE = {
    "page": Column(page("t.entity_id", "t.page_path", "document"), ("document",)),
    "document": Column("case when t.entity_type <> 'page' then t.entity_id end"),
    "content_type": Column("t.entity_type"),
}
OWN = {"site": Column("t.site"), "share_code": Column(known("t.share_code"))}


def of_session(columns: dict[str, Column]) -> dict[str, Column]:
    """Return the same columns for rows that find their session by its id."""
    return {name: Column(column.sql, ("session", *column.joins)) for name, column in columns.items()}


def of_row(columns: dict[str, Column]) -> dict[str, Column]:
    """Return the same columns for rows that have them themselves."""
    return {name: Column(column.sql.replace("{s}", "t"), column.joins) for name, column in columns.items()}


OF_VIEWS = {
    **OWN,
    **of_instants("t.view_day"),
    **of_session(SESSION),
    **of_row({"channel": SESSION["channel"], "traffic_source": SESSION["traffic_source"]}),
    **of_row(PLACES),
    **PAGE,
    "version": Column("t.version_number"),
}


def load_time(share: float) -> str:
    return f"percentile_cont({share}) within group (order by t.load_time_ms)"


DETAILS = [
    Table(
        name="analytics_sessions",
        fact="sessions",
        source="detail",
        day="t.session_day",
        instant="t.first_seen",
        columns={
            **OWN,
            **of_instants("t.session_day"),
            **of_row({**SESSION, **PLACES}),
        },
        measures={
            "sessions": "count(*)",
            "bounces": "count(case when t.is_bounce then 1 end)",
            "engaged_sessions": "count(case when t.is_engaged then 1 end)",
            "converting_sessions": "count(case when t.conversions > 0 then 1 end)",
            "conversions": "cast(sum(t.conversions) as bigint)",
            "session_views": "cast(sum(t.page_views) as bigint)",
            "engaged_seconds": exact_sum("t.engaged_seconds"),
        },
    ),
    Table(
        name="analytics_page_views",
        fact="page_views",
        source="detail",
        day="t.view_day",
        instant="t.viewed_at",
        columns=OF_VIEWS,
        measures={
            "page_views": "count(*)",
            "seconds_on_page": exact_sum("t.time_on_page"),
            "timed_views": "count(t.time_on_page)",
            "scroll_depths": "cast(sum(t.scroll_depth_percentage) as bigint)",
            "scrolled_views": "count(t.scroll_depth_percentage)",
            **{f"load_time_p{share}": load_time(share / 100) for share in (50, 75, 95)},
        },
        where_of_pages="t.entity_id is not null",
    ),
    Table(
        name="analytics_page_views",
        fact="visitors",
        source="detail",
        day="t.view_day",
        instant="t.viewed_at",
        columns=OF_VIEWS,
        measures={},
        person="t.visitor_id",
        where_of_pages="t.entity_id is not null",
    ),
    Table(
        name="analytics_clicks",
        fact="clicks",
        source="detail",
        day="t.click_day",
        instant="t.clicked_at",
        columns={
            **OWN,
            **of_instants("t.click_day"),
            **of_session({**SESSION, **PLACES}),
            **of_row({"device": PLACES["device"]}),
            **PAGE,
        },
        measures={"clicks": "count(*)"},
        where_of_pages="t.entity_id is not null",
    ),
    Table(
        name="analytics_custom_events",
        fact="custom_events",
        source="detail",
        day="t.event_day",
        instant="t.occurred_at",
        columns={
            **OWN,
            **of_instants("t.event_day"),
            **of_session({**SESSION, **PLACES}),
            **PAGE,
            "event": Column("t.event_type"),
        },
        measures={"custom_events": "count(*)"},
        where_of_pages="t.entity_id is not null",
    ),
]
