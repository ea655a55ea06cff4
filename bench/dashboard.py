"""A dashboard's questions: on marts, and on events kept as JSON documents, as the design before had them.

Called by bench.rollups, on its database. The same events are put into one table ``analytics_events`` (event_type,
event_data, created_at) with the indexes that such tables have. What is to be reached: 166 times, 15 ms for 95 of 100
questions, 20 ms for a time series, 50 ms for a list of visitors.
"""

import time
from datetime import date, timedelta

import psycopg

OLD_TABLE = """
    create table public.analytics_events (event_type text, event_data jsonb, created_at timestamptz);
    insert into public.analytics_events
    select
        event_type,
        jsonb_strip_nulls(jsonb_build_object(
            'site', site, 'path', page_path, 'visitor', coalesce(client_visitor_id, anonymous_id::text),
            'referrer', referrer_host, 'device', device_type, 'browser', browser, 'os', os, 'country', country_code,
            'engaged_seconds', engaged_seconds, 'click_target', click_target, 'user_agent', user_agent
        )),
        occurred_at
    from raw.events;
    create index on public.analytics_events (event_type, created_at);
    create index on public.analytics_events ((event_data ->> 'path'), created_at);
    analyze public.analytics_events
"""
PAGE = "/blog/post-1"
SITE = "bench.example"
# Question: on marts, on the JSON documents.
QUESTIONS = {
    "views and visitors by day, of the site": (
        "select * from analytics.get_site_stats(%(site)s, %(first)s, %(last)s, 'daily')",
        """
        select created_at::date, count(*), count(distinct event_data ->> 'visitor') from public.analytics_events
        where event_type = 'page_view' and event_data ->> 'site' = %(site)s
        and created_at >= %(first)s and created_at < %(last)s::date + 1 group by 1 order by 1
        """,
    ),
    "ten sources of the month": (
        "select * from analytics.get_top_sources(%(site)s, %(first)s, %(last)s, 10)",
        """
        select event_data ->> 'referrer', count(*) from public.analytics_events
        where event_type = 'page_view' and event_data ->> 'site' = %(site)s and event_data ? 'referrer'
        and created_at >= %(first)s and created_at < %(last)s::date + 1 group by 1 order by 2 desc limit 10
        """,
    ),
    "time series of a page, by day": (
        "select * from analytics.get_time_series_data('page', %(page)s, %(first)s, %(last)s, 'daily', %(site)s)",
        """
        select created_at::date, count(*), count(distinct event_data ->> 'visitor') from public.analytics_events
        where event_type = 'page_view' and event_data ->> 'path' = %(page)s
        and created_at >= %(first)s and created_at < %(last)s::date + 1 group by 1 order by 1
        """,
    ),
    "a hundred visitors of a page": (
        "select * from analytics.get_entity_visitors('page', %(page)s, %(first)s, %(last)s, 100, %(site)s)",
        """
        select event_data ->> 'visitor', count(*), min(created_at), max(created_at) from public.analytics_events
        where event_type = 'page_view' and event_data ->> 'path' = %(page)s
        and created_at >= %(first)s and created_at < %(last)s::date + 1 group by 1 order by 4 desc limit 100
        """,
    ),
    "time series of the site, by week": (
        "select * from analytics.get_time_series_data('site', %(site)s, %(first)s, %(last)s, 'weekly', %(site)s)",
        """
        select date_trunc('week', created_at), count(*), count(distinct event_data ->> 'visitor')
        from public.analytics_events where event_type = 'page_view' and event_data ->> 'site' = %(site)s
        and created_at >= %(first)s and created_at < %(last)s::date + 1 group by 1 order by 1
        """,
    ),
}


def milliseconds(
    connection: psycopg.Connection, question: str, parameters: dict[str, object], times: int
) -> list[float]:
    taken: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        connection.execute(question.encode(), parameters).fetchall()
        taken.append(1000 * (time.perf_counter() - started))
    return sorted(taken)


def compare(url: str, last: date) -> dict[str, float]:
    """Ask each question about the 30 days that end with ``last``; print and return what it took."""
    figures: dict[str, float] = {}
    window: dict[str, object] = {"site": SITE, "page": PAGE, "first": last - timedelta(days=29), "last": last}
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in OLD_TABLE.split(";"):
            connection.execute(statement.encode())
        row = connection.execute("select count(*) from public.analytics_events").fetchone()
        print(f"questions about 30 days, of {row[0] if row else 0:,} events as JSON documents and on marts", flush=True)
        for what, (on_marts, on_documents) in QUESTIONS.items():
            marts = milliseconds(connection, on_marts, window, 100)
            figures[f"{what}, p50, ms"], figures[f"{what}, p95, ms"] = marts[50], marts[95]
            documents = milliseconds(connection, on_documents, window, 3)
            print(
                f"    {what:<40} marts p50 {marts[50]:7.1f} p95 {marts[95]:7.1f} ms   documents {documents[1]:9.1f} ms"
                f"   {documents[1] / marts[50]:6.0f} times",
                flush=True,
            )
    return figures
