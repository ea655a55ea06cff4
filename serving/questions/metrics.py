"""The metrics that can be asked for."""

from collections.abc import Iterable
from typing import Literal

from serving.questions.catalogue import Metric


def count(name: str, fact: str, unit: str, definition: str, *, additive: bool = True) -> Metric:
    return Metric(
        name=name,
        definition=definition,
        fact=fact,
        kind="count",
        measures=(name,),
        unit=unit,
        additive=additive,
        better="more",
    )


def ratio(
    name: str, fact: str, measures: tuple[str, str], unit: str, definition: str, better: Literal["more", "less"]
) -> Metric:
    return Metric(
        name=name,
        definition=definition,
        fact=fact,
        kind="ratio",
        measures=measures,
        unit=unit,
        additive=False,
        better=better,
    )


def load_time(share: int) -> Metric:
    return Metric(
        name=f"load_time_p{share}",
        definition=f"Within this time {share} in 100 pages had loaded, where it is known.",
        fact="page_views",
        kind="value",
        measures=(f"load_time_p{share}",),
        unit="milliseconds",
        additive=False,
        better="less",
    )


def named(things: Iterable[Metric]) -> dict[str, Metric]:
    return {thing.name: thing for thing in things}


METRICS = named(
    [
        count(
            "visitors",
            "visitors",
            "people",
            "Different people who viewed a page: once, on however many days they came, and once for each site.",
            additive=False,
        ),
        count("sessions", "sessions", "sessions", "Sessions that began."),
        count("page_views", "page_views", "page views", "Page views."),
        count("clicks", "clicks", "clicks", "Clicks."),
        count(
            "events",
            "events",
            "events",
            "Events of people, of any type: page views, clicks, signs of attention, and those that a site has named.",
        ),
        count("custom_events", "custom_events", "events", "Events of types that a site has named itself."),
        ratio(
            "views_per_session",
            "sessions",
            ("session_views", "sessions"),
            "page views",
            "Page views of the sessions, divided by the sessions.",
            "more",
        ),
        ratio(
            "bounce_rate",
            "sessions",
            ("bounces", "sessions"),
            "share",
            "Sessions with exactly one page view, divided by all sessions; 0 to 1.",
            "less",
        ),
        ratio(
            "engagement_rate",
            "sessions",
            ("engaged_sessions", "sessions"),
            "share",
            "Sessions of 10 seconds, of two page views, or with a conversion, divided by all sessions; 0 to 1.",
            "more",
        ),
        Metric(
            name="engaged_time",
            definition="Seconds of attention of the sessions, from heartbeats; null where no browser sent any.",
            fact="sessions",
            kind="sum",
            measures=("engaged_seconds",),
            unit="seconds",
            additive=True,
            better="more",
        ),
        ratio(
            "engaged_time_per_session",
            "sessions",
            ("engaged_seconds", "sessions"),
            "seconds",
            "engaged_time, divided by all sessions, also those without any heartbeat.",
            "more",
        ),
        count("converting_sessions", "sessions", "sessions", "Sessions that reached a goal of the site."),
        ratio(
            "conversion_rate",
            "sessions",
            ("converting_sessions", "sessions"),
            "share",
            "Sessions that reached a goal of the site, divided by all sessions; 0 to 1.",
            "more",
        ),
        count("conversions", "sessions", "conversions", "How often events of the sessions reached a goal of the site."),
        count(
            "goal_conversions",
            "goal_conversions",
            "conversions",
            "Events that reached a goal, by goal, on the day on which they did.",
        ),
        ratio(
            "time_on_page",
            "page_views",
            ("seconds_on_page", "timed_views"),
            "seconds",
            "Seconds on the page, divided by the page views for which they are known.",
            "more",
        ),
        ratio(
            "scroll_depth",
            "page_views",
            ("scroll_depths", "scrolled_views"),
            "percent",
            "How far down the page was seen, divided by the page views for which that is known; 0 to 100.",
            "more",
        ),
        *map(load_time, (50, 75, 95)),
    ]
)
