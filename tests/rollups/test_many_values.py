"""Texts that strangers make up, more than anybody reads: marts stay small, and count all of them."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tests.content.git_site import GitSite
from tests.rollups.building import MODELS, Warehouse

NUMBER, OWN_ROWS, OWN_SPOTS, OWN_PAIRS = 3_000, 1_000, 10_000, 10_000
# One event in ten comes twice.
EVENTS = f"""
    insert into raw.events (
        event_id, occurred_at, event_type, source, site, user_code, client_session_id, is_bot, utm_source, page_type,
        click_target, properties, share_code, page_path
    )
    select
        gen_random_uuid(), '2026-03-01T09:00Z'::timestamptz + number * interval '1 second', event_type, 'test',
        'example.org', 'ada', concat(number, again), false, concat('s', number), concat('p', number),
        concat('c', number), jsonb_build_object(concat('n', number), number),
        null, case number when {NUMBER - 1} then '/blog/rare/' else concat('/', number, '.html') end
    from
        generate_series(1, {NUMBER}) as number,
        lateral generate_series(0, case when number % 10 = 0 then 1 else 0 end) as again,
        lateral unnest(array['page_view', 'click', concat('e_', number)]) as event_type
"""
# Of another owner: as many shared links, each with a type of page and a target of its own.
LINKS = """
    insert into raw.events (
        event_id, occurred_at, event_type, source, site, user_code, client_session_id, is_bot, page_type, click_target,
        share_code
    )
    select
        gen_random_uuid(), occurred_at, event_type, 'test', 'other.example', 'bob', client_session_id, false, page_type,
        click_target, concat('l', substr(page_type, 2))
    from raw.events
    where event_type in ('page_view', 'click')
"""
COUNTED = NUMBER + NUMBER // 10
MARTS = {
    "analytics_daily_sources": ("referrer", "sessions", OWN_ROWS),
    "analytics_daily_click_targets": ("click_target", "click_count", OWN_ROWS),
    "analytics_daily_page_stats": ("page_type", "view_count", OWN_ROWS),
    "analytics_daily_properties": ("property", "event_count", OWN_ROWS),
    # Beside those that Dogear knows.
    "analytics_daily_events": ("event_type", "event_count", OWN_ROWS - 2),
}


# Of each spot one point, of each tenth two.
SPOTS = OWN_SPOTS + 2_000
POINTS = f"""
    insert into raw.events (
        event_id, occurred_at, event_type, source, site, user_code, client_session_id, is_bot, page_path, pointer_x,
        pointer_y, viewport_width
    )
    select
        gen_random_uuid(), '2026-03-01T09:00Z', 'heatmap', 'test', 'example.org', 'ada', 's', false, '/', number % 100,
        number / 100 * 50, 100
    from
        generate_series(1, {SPOTS}) as number,
        lateral generate_series(0, case when number % 10 = 0 then 1 else 0 end)
"""


# One hundred languages on each page; one reader in ten comes twice.
PAIRS = OWN_PAIRS + 2_000
READERS = f"""
    insert into raw.events (
        event_id, occurred_at, event_type, source, site, user_code, client_session_id, is_bot, page_path, language_code
    )
    select
        gen_random_uuid(), '2026-03-01T09:00Z', 'page_view', 'test', 'example.org', 'ada', concat(number, again), false,
        concat('/', number / 100), concat('l', number % 100)
    from
        generate_series(0, {PAIRS - 1}) as number,
        lateral generate_series(0, case when number % 10 = 0 then 1 else 0 end) as again
"""


def test_the_most_frequent_keep_rows_of_their_own_and_the_others_share_one(warehouse: Warehouse, tmp_path: Path):
    (tmp_path / "site").mkdir()
    site = GitSite(tmp_path / "site", warehouse.url)
    site.write("blog/rare.md", "# Read once")
    site.commit("A document")
    site.sync()
    warehouse.rows("select raw.ensure_event_partitions(array['2026-03-01'::date])")
    warehouse.rows(f"{EVENTS} returning 1")
    warehouse.rows(f"{LINKS} returning 1")
    warehouse.rows(f"insert into raw.day_counts (day, events) values ('2026-03-01', {5 * COUNTED}) returning 1")
    warehouse.build(select=MODELS)
    for mart, (text, count, own_rows) in MARTS.items():
        known = "('page_view', 'click')"
        # Marts have either a site or its owner.
        whose = f"to_jsonb({mart}) ->> 'user_code' = 'ada' and {text} not in {known}"
        rows = dict(warehouse.rows(f"select {text}, {count} from marts.{mart} where {whose}"))
        assert numbers(rows) == most_frequent(own_rows), mart
        assert len(rows) == own_rows + 1
        assert sum(rows.values()) == COUNTED, "nothing is lost"
    assert_links_share_rows_too(warehouse)
    assert_sessions_are_broken_down(warehouse)
    pages = "select entity_type, entity_id, total_views from marts.analytics_aggregates"
    days = "where hour is null and user_code = 'ada'"
    views = {(kind, page): number for kind, page, number in warehouse.rows(f"{pages} {days}")}
    assert sum(views.values()) == 2 * COUNTED, "the site as a whole, and its pages"
    assert {number for (kind, _), number in views.items() if kind == "blog"} == {1}, "a document is never another page"
    others = {page for kind, page in views if kind == "page"}
    assert len(others) == OWN_ROWS + 1
    assert {"(other)", *(f"/{number}" for number in range(10, NUMBER + 1, 10))} < others
    assert warehouse.stale() == [], "content says of each page what the day was built with"
    assert (
        warehouse.rows("select sessions, page_views, clicks from marts.analytics_daily_sites")
        == [(COUNTED, COUNTED, COUNTED)] * 2
    )


def most_frequent(own_rows: int) -> set[str]:
    """The numbers that come twice, and the first of the others, as texts are sorted."""
    twice = [str(number) for number in range(10, NUMBER + 1, 10)]
    once = sorted(str(number) for number in range(1, NUMBER + 1) if number % 10)
    return {*twice, *once[: own_rows - len(twice)]}


def numbers(texts: Iterable[str]) -> set[str]:
    return {text.strip("ceplsn_") for text in texts if text != "(other)"}


def assert_links_share_rows_too(warehouse: Warehouse):
    counts = "total_sessions, total_page_views, total_clicks"
    rows = warehouse.rows(f"select share_code, {counts} from marts.analytics_daily_group_stats where user_code = 'bob'")
    links = {link: counted for link, *counted in rows}
    assert numbers(links) == most_frequent(OWN_ROWS)
    assert all(len(set(counted)) == 1 for counted in links.values()), "a link has rows of its own in all, or in none"
    assert sum(views for _, views, _ in links.values()) == COUNTED
    for mart in ("page_stats", "click_targets"):
        ((number, different),) = warehouse.rows(
            f"select count(*), count(distinct share_code) from marts.analytics_daily_{mart} where user_code = 'bob'"
        )
        assert different == OWN_ROWS + 1
        assert number <= 2 * OWN_ROWS + 1
    stats = f"select {counts}, unique_share_codes from marts.analytics_daily_user_stats where user_code = 'bob'"
    assert warehouse.rows(stats) == [(COUNTED, COUNTED, COUNTED, NUMBER)]


def assert_sessions_are_broken_down(warehouse: Warehouse):
    breakdown = "select value, within, sessions from marts.analytics_daily_breakdowns where user_code = 'ada'"
    sources = {value: number for value, _, number in warehouse.rows(f"{breakdown} and dimension = 'utm_source'")}
    assert numbers(sources) == most_frequent(OWN_ROWS)
    assert sum(sources.values()) == COUNTED
    pages = {(kind, page): number for page, kind, number in warehouse.rows(f"{breakdown} and dimension = 'exit_page'")}
    assert {number for (kind, _), number in pages.items() if kind == "blog"} == {1}, "a document is never another page"
    assert len(pages) == OWN_ROWS + 2
    assert sum(pages.values()) == COUNTED


def test_spots_of_heat_maps_and_readers_of_pages(warehouse: Warehouse):
    warehouse.rows("select raw.ensure_event_partitions(array['2026-03-01'::date])")
    warehouse.rows(f"{POINTS} returning 1")
    warehouse.rows(f"{READERS} returning 1")
    events = (SPOTS + PAIRS) * 11 // 10
    warehouse.rows(f"insert into raw.day_counts (day, events) values ('2026-03-01', {events}) returning 1")
    warehouse.build(select=MODELS)
    assert_spots(warehouse)
    assert_pairs_of_page_and_language(warehouse)


def assert_pairs_of_page_and_language(warehouse: Warehouse):
    pairs = warehouse.rows(
        "select entity_id, value, page_views from marts.analytics_daily_page_breakdowns where dimension = 'language'"
    )
    own = [pair for pair in pairs if pair[1] != "(other)"]
    assert len(own) == OWN_PAIRS
    assert sum(views == 2 for *_, views in own) == PAIRS // 10, "the most frequent"
    of_pages = Counter[str]()
    for page, _, views in pairs:
        of_pages[page] += views
    assert {*of_pages.values()} == {110}
    assert len(of_pages) == PAIRS // 100


def assert_spots(warehouse: Warehouse):
    spots = "select entity_id, x_percent, y_band, points from marts.analytics_heatmap"
    other, *own = sorted(warehouse.rows(spots), key=lambda row: (row[0] != "(other)", row[2], row[1]))
    assert other == ("(other)", None, None, SPOTS - OWN_SPOTS)
    assert len(own) == OWN_SPOTS
    assert sum(points == 2 for *_, points in own) == SPOTS // 10
