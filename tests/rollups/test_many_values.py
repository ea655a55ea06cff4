"""Texts that strangers make up, more than anybody reads: marts stay small, and count all of them."""

from tests.rollups.building import MODELS, Warehouse

NUMBER, OWN_ROWS = 3_000, 1_000
# One event in ten comes twice.
EVENTS = f"""
    insert into raw.events (
        event_id, occurred_at, event_type, source, site, user_code, client_session_id, is_bot, utm_source, page_type,
        click_target, properties
    )
    select
        gen_random_uuid(), '2026-03-01T09:00Z'::timestamptz + number * interval '1 second', event_type, 'test',
        'example.org', 'ada', concat(number, again), false, concat('s', number), concat('p', number),
        concat('c', number), jsonb_build_object(concat('n', number), number)
    from
        generate_series(1, {NUMBER}) as number,
        lateral generate_series(0, case when number % 10 = 0 then 1 else 0 end) as again,
        lateral unnest(array['page_view', 'click', concat('e_', number)]) as event_type
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


def test_the_most_frequent_keep_rows_of_their_own_and_the_others_share_one(warehouse: Warehouse):
    warehouse.rows("select raw.ensure_event_partitions(array['2026-03-01'::date])")
    warehouse.rows(f"{EVENTS} returning 1")
    warehouse.rows(f"insert into raw.day_counts (day, events) values ('2026-03-01', {3 * COUNTED}) returning 1")
    warehouse.build(select=MODELS)
    for mart, (text, count, own_rows) in MARTS.items():
        known = "('page_view', 'click')"
        rows = dict(warehouse.rows(f"select {text}, {count} from marts.{mart} where {text} not in {known}"))
        twice = set(range(10, NUMBER + 1, 10))
        once = sorted(f"{number}" for number in range(1, NUMBER + 1) if number % 10)[: own_rows - len(twice)]
        assert {key.strip("cepsn_") for key in rows.keys() - {"(other)"}} == {*map(str, twice), *once}, mart
        assert len(rows) == own_rows + 1
        assert sum(rows.values()) == COUNTED, "nothing is lost"
    assert warehouse.rows("select sessions, page_views, clicks from marts.analytics_daily_sites") == [
        (COUNTED, COUNTED, COUNTED)
    ]
