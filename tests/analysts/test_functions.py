"""The functions of schema analytics, on a site whose numbers can be checked by eye (readers.py)."""

from datetime import UTC, date, datetime
from hashlib import md5

import psycopg
import pytest

from tests.analysts.readers import ANA, BEN, CAY, SITE, rounded
from tests.installation import Installation


def march(day: int) -> date:
    return date(2026, 3, day)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_visitors_of_a_page_the_latest_first(ask):
    columns = "visitor_id, account_id, visit_count, first_visit, last_visit, avg_time_on_page, days_visited"
    found = ask("get_entity_visitors('page', '/a', '2026-03-01', '2026-03-31')")
    assert len(found[0]) == len(columns.split(", ")) + 1, "and the site"
    assert [rounded(row[1:]) for row in found] == [
        (CAY, None, 1, at(10, 9), at(10, 9), None, 1),
        # Of three views two have heartbeats: 30 and 10 seconds.
        (ANA, None, 3, at(2, 10), at(9, 10), 20.0, 3),
        (BEN, None, 1, at(4, 12), at(4, 12), 60.0, 1),
    ]
    assert [row[1] for row in ask("get_entity_visitors('page', '/a', '2026-03-01', '2026-03-31', 1)")] == [CAY]
    assert [row[1:4] for row in ask("get_entity_visitors('page', '/a', '2026-03-02', '2026-03-03')")] == [
        (ANA, None, 1)
    ]
    assert ask("get_entity_visitors('page', '/a', '2026-03-01', '2026-03-31', in_site => 'other.example')") == []


def test_a_visitor_of_several_days_counts_once_in_a_week_and_a_month(ask):
    series = "get_time_series_data('page', '/a', '2026-03-03', '2026-03-10', %s, %s)"
    assert [row[:5] for row in ask(series, "weekly", SITE)] == [
        (march(2), march(3), march(8), 2, 2),
        (march(9), march(9), march(10), 2, 2),
    ]
    assert [row[:5] for row in ask(series, "monthly", SITE)] == [(march(1), march(3), march(10), 4, 3)]
    whole = "get_time_series_data('page', '/a', '2026-03-01', '2026-03-31', 'weekly')"
    assert [(row[0].day, *row[3:5]) for row in ask(whole)] == [
        (23, 0, 0), (2, 3, 2), (9, 2, 2), (16, 0, 0), (23, 0, 0), (30, 0, 0),
    ]  # fmt: skip


def test_the_set_of_a_page_s_visitors_has_the_numbers_of_their_ids(tiny_site: Installation):
    keys = [int(md5(visitor.encode(), usedforsecurity=False).hexdigest()[:15], 16) for visitor in (ANA, BEN)]
    question = "select visitor_keys from marts.visitor_sets where entity_id = '/a' and day = '2026-03-04'"
    assert tiny_site.rows(question) == [(sorted(keys),)]


def test_days_without_visits_are_there_and_have_no_averages(ask):
    rows = ask("get_time_series_data('page', '/a', '2026-03-02', '2026-03-04', 'daily', %s)", SITE)
    assert [rounded(row) for row in rows] == [
        (march(2), march(2), march(2), 1, 1, 30.0, 1.0),
        (march(3), march(3), march(3), 0, 0, None, None),
        # Ana was here 10 seconds and went on to /b; Ben 60, and left.
        (march(4), march(4), march(4), 2, 2, 35.0, 0.5),
    ]


def test_a_site_by_week(ask):
    rows = ask("get_site_stats(%s, '2026-03-02', '2026-03-15', 'weekly')", SITE)
    assert [rounded(row) for row in rows] == [
        # visitors, page views, sessions, events, seconds on a page, bounces, conversions: Ben's click is one.
        (march(2), march(2), march(8), 2, 4, 3, 11, 40.0, 0.667, 0.333),
        (march(9), march(9), march(15), 2, 2, 2, 2, None, 1.0, 0.0),
    ]


def test_themes_and_letters_with_bounds_for_their_visitors(ask):
    # Ana chose dark on two days: one visitor at least, two at most.
    assert ask("get_top_themes(%s, '2026-03-01', '2026-03-31')", SITE) == [("dark", 2, 1, 2), ("light", 1, 1, 1)]
    assert ask("get_top_themes(%s, '2026-03-01', '2026-03-31', 1)", SITE) == [("dark", 2, 1, 2)]
    assert ask("get_letters_by_type(%s, '2026-03-01', '2026-03-31')", SITE) == [("thanks", 1, 1, 1)]


def test_the_hours_of_a_day(ask):
    rows = ask("get_timeline(%s, '2026-03-04', '2026-03-04')", SITE)
    assert [row[0] for row in rows] == [at(4, hour) for hour in range(24)]
    assert [row for row in rows if any(row[1:])] == [(at(4, 10), 2, 1, 1), (at(4, 12), 1, 1, 1)]


def test_where_a_page_was_clicked(ask):
    heat = "get_heatmap(%s, 'page', '/a', '2026-03-01', '2026-03-31'{})"
    assert ask(heat.format(""), SITE) == [("click", 50, 100, 1)]
    assert ask(heat.format(", 'mobile'"), SITE) == []


def test_what_is_read_most(ask):
    rows = ask("get_top_content(%s, '2026-03-01', '2026-03-31')", SITE)
    assert [rounded(row) for row in rows] == [
        ("page", "/a", None, "/a", 5, 3, 33.333, 0.8),
        ("page", "/b", None, "/b", 1, 1, 60.0, None),
    ]


def test_where_sessions_come_from(ask):
    rows = ask("get_top_sources(%s, '2026-03-01', '2026-03-31')", SITE)
    assert [rounded(row) for row in rows] == [
        ("Direct", "direct", "", 4, 5, 0.5, 0.75, 0.25),
        ("Referral", "referral", "news.example", 1, 1, 1.0, 1.0, 0.0),
    ]


def test_what_sessions_have_in_common(ask):
    rows = ask("get_breakdown(%s, 'exit_page', '2026-03-01', '2026-03-31')", SITE)
    assert [rounded(row) for row in rows] == [
        # Ana read on at /b only once; Ben converted.
        ("/a", "page", 4, 4, 0.5, 1.0, 0.25),
        ("/b", "page", 1, 2, 1.0, 0.0, 0.0),
    ]
    assert ask("get_breakdown(%s, 'exit_page', '2026-03-01', '2026-03-31', 1)", SITE) == rows[:1]
    assert [row[:3] for row in ask("get_breakdown(%s, 'country', '2026-03-01', '2026-03-31')", SITE)] == [("", "", 5)]


def test_each_dimension_of_the_mart_can_be_asked_for(ask, tiny_site):
    dimensions = {name for (name,) in tiny_site.rows("select distinct dimension from marts.analytics_daily_breakdowns")}
    with pytest.raises(psycopg.errors.InvalidParameterValue) as error:
        ask("get_breakdown('x', 'mood', '2026-03-01', '2026-03-01')")
    assert {*str(error.value).partition("there are: ")[2].partition(".")[0].split(", ")} == dimensions
    for dimension in dimensions:
        ((sessions,),) = tiny_site.rows(
            f"select sum(sessions) from analytics.get_breakdown('{SITE}', '{dimension}', '2026-03-01', '2026-03-31')"
        )
        assert sessions == 5, dimension


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("get_time_series_data('page', '/a', '2026-03-01', '2026-03-02', 'hourly')", "daily, weekly (from Monday), mo"),
        ("get_time_series_data('page', '/a', '2026-03-02', '2026-03-01', 'daily')", "lies before from_day"),
        ("get_time_series_data('page', '/a', '2016-01-01', '2026-01-01', 'daily')", "longer than 10 years"),
        ("get_site_stats('x', '2026-03-01', null, 'daily')", "from_day and to_day must be given"),
        ("get_entity_visitors('page', '/a', '2026-03-01', '2026-03-02', 0)", "between 1 and 100000"),
        ("get_entity_visitors('page', '/a', '2026-03-02', '2026-03-01')", "lies before from_day"),
        ("get_top_content('x', '2026-03-02', '2026-03-01')", "lies before from_day"),
        ("get_top_sources('x', '2026-03-02', '2026-03-01')", "lies before from_day"),
        ("get_breakdown('x', 'country', '2026-03-02', '2026-03-01')", "lies before from_day"),
        ("get_breakdown('x', null, '2026-03-01', '2026-03-01')", "There is no dimension NULL"),
        ("get_top_themes('x', '2026-03-02', '2026-03-01')", "lies before from_day"),
        ("get_letters_by_type('x', '2026-03-02', '2026-03-01')", "lies before from_day"),
        ("get_timeline('x', '2026-03-02', '2026-03-01')", "lies before from_day"),
        ("get_heatmap('x', 'page', '/a', '2026-03-02', '2026-03-01')", "lies before from_day"),
    ],
)
def test_wrong_arguments_are_told_what_is_allowed(ask, call, said):
    with pytest.raises(psycopg.errors.InvalidParameterValue) as error:
        ask(call)
    assert said in str(error.value)


def test_wrong_arguments_that_are_parameters(ask):
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        ask("get_time_series_data('page', '/a', %s, %s, 'daily')", march(2), march(1))
