"""A real log and a real site go through the whole flow; every mart says what an independent count says."""

import gzip
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from orchestration.days import DayRange
from orchestration.rollups import dbt_run
from orchestration.rollups.dbt_run import dbt_build
from orchestration.settings import Settings
from tests.e2e import recount
from tests.rollups.building import MODELS, Warehouse


@pytest.fixture(scope="module")
def views(semicomplete: Path) -> list[recount.View]:
    return recount.read_views(semicomplete / "access.log.gz")


def test_page_views_per_day(real_site, views):
    expected = recount.views_by_day(views)
    for question in (
        "select view_day, count(*) from marts.analytics_page_views group by 1",
        "select date, total_page_views from marts.analytics_daily_user_stats",
        "select date, sum(total_page_views)::bigint from marts.analytics_daily_group_stats group by 1",
        "select date, sum(view_count)::bigint from marts.analytics_daily_page_stats group by 1",
        "select date, sum(total_views)::bigint from marts.analytics_aggregates "
        "where entity_type <> 'site' and hour is null group by 1",
        "select date, sum(total_views)::bigint from marts.analytics_aggregates "
        "where entity_type <> 'site' and hour is not null group by 1",
    ):
        assert dict(real_site.rows(question)) == expected, question


def test_visitors_per_day(real_site, views):
    expected = recount.visitors_by_day(views)
    for question in (
        "select view_day, count(distinct visitor_id) from marts.analytics_page_views group by 1",
        "select date, unique_visitors from marts.analytics_daily_user_stats",
    ):
        assert dict(real_site.rows(question)) == expected, question


def test_sessions_per_day_with_their_views_and_bounces(real_site, views):
    sessions = recount.sessions_of(views)
    per_day = Counter(session[0].at.date() for session in sessions)
    for question in (
        "select session_day, count(*) from marts.analytics_sessions group by 1",
        "select date, total_sessions from marts.analytics_daily_user_stats",
        "select date, sum(total_sessions)::bigint from marts.analytics_daily_group_stats group by 1",
    ):
        assert dict(real_site.rows(question)) == per_day, question
    assert Counter(
        real_site.rows("select first_seen, last_seen, page_views, is_bounce from marts.analytics_sessions")
    ) == Counter((session[0].at, session[-1].at, len(session), len(session) == 1) for session in sessions)


def test_views_and_visitors_per_page_and_hour(real_site, views):
    by_page = Counter((view.at.date(), view.at.hour, recount.canonical(view.path)) for view in views)
    visitors = {
        key: len(
            {view.visitor for view in views if (view.at.date(), view.at.hour, recount.canonical(view.path)) == key}
        )
        for key in by_page
    }
    found = real_site.rows(
        "select date, hour, coalesce(url_path, entity_id), total_views, unique_visitors "
        "from marts.analytics_aggregates left join content.items on content_id::text = entity_id "
        "where hour is not null and entity_type <> 'site'"
    )
    assert {(day, hour, path): views for day, hour, path, views, _ in found} == by_page
    assert {(day, hour, path): count for day, hour, path, _, count in found} == visitors


def test_bounce_rate_per_entry_page(real_site, views):
    entries: dict[tuple, list[bool]] = {}
    for session in recount.sessions_of(views):
        entries.setdefault((session[0].at.date(), recount.canonical(session[0].path)), []).append(len(session) == 1)
    found = real_site.rows(
        "select date, coalesce(url_path, entity_id), bounce_rate::float from marts.analytics_aggregates "
        "left join content.items on content_id::text = entity_id "
        "where hour is null and bounce_rate is not null and entity_type <> 'site'"
    )
    assert {(day, path): rate for day, path, rate in found} == pytest.approx(
        {key: sum(bounces) / len(bounces) for key, bounces in entries.items()}
    )


def test_visits_are_joined_to_the_document_that_they_read(real_site, views):
    expected = sum(recount.canonical(view.path) == "/blog/geekery/ssl-latency" for view in views)
    assert expected > 0
    assert real_site.rows(
        "select count(*) from marts.analytics_page_views join content.items on content_id::text = entity_id "
        "where file_path = 'blog/geekery/ssl-latency.md' and entity_type = 'blog'"
    ) == [(expected,)]


def test_every_document_is_read_and_the_post_that_stands_twice_is_kept_twice(real_site):
    assert real_site.rows("select count(*) from content.items") == [(23,)]
    assert real_site.rows("select count(*) from content.file_sync_status where sync_status = 'synced'") == [(23,)]
    assert real_site.rows("select count(*) from content.items where url_path like '%%/in-which-lastpass%%'") == [(2,)]


def test_the_reports_on_content_say_what_git_and_the_files_say(real_site):
    documents = real_site.rows(
        "select file_path, versions, broken_links, language_code from marts.content_documents order by file_path"
    )
    assert len(documents) == 23
    assert {language for *_, language in documents} == {"en", None}
    followed = dict(
        real_site.rows(
            "select items.file_path, count(*) from content.items join content.content_versions v "
            "using (content_id) group by items.file_path"
        )
    )
    assert {path: versions for path, versions, *_ in documents} == followed
    # Two images that the site lost when it moved to Hugo.
    assert real_site.rows("select file_path, target from marts.content_broken_links order by 1") == [
        (
            "blog/geekery/headless-wrapper-for-ephemeral-xservers.md",
            "/files/blogposts/20100511/xephyr-ephemeral-x-example.png",
        ),
        ("blog/geekery/xvfb-firefox.md", "http://www.semicomplete.com/images/googledotcom.png"),
    ]
    assert real_site.rows("select sum(documents)::int from marts.content_quality_distribution") == [(20,)]
    assert real_site.rows(
        "select sum(documents)::int, sum(share_of_documents)::float from marts.content_languages"
    ) == [(20, 1.0)]


def test_a_score_is_the_sum_of_its_parts(real_site):
    parts = {
        "title": 10,
        "description": 15,
        "tags": 5,
        "date": 5,
        "length": 20,
        "structure": 15,
        "readability": 15,
        "image": 10,
        "link": 5,
    }
    columns = ", ".join(f"{part}_points" for part in parts)
    rows = real_site.rows(f"select quality_score::float, {columns} from marts.content_documents")
    for score, *points in rows:
        possible = sum(most for most, point in zip(parts.values(), points, strict=True) if point is not None)
        assert score == pytest.approx(100 * sum(point or 0 for point in points) / possible, abs=0.06)
        assert all(0 <= point <= most for most, point in zip(parts.values(), points, strict=True) if point is not None)


def test_a_number_can_be_followed_to_its_line(real_site, semicomplete):
    ((file, line_number, path),) = real_site.rows(
        "select imports.file, line_number, page_path from marts.analytics_page_views "
        "join raw.imports using (import_id) order by viewed_at, line_number limit 1"
    )
    line = gzip.decompress(Path(file).read_bytes()).decode().split("\n")[line_number - 1]
    assert f" {path} " in line or f" {path}?" in line


def test_building_again_and_building_from_nothing_in_parts_give_identical_marts(real_site, monkeypatch):
    warehouse = Warehouse.of(real_site)
    before = warehouse.snapshot()
    assert {"analytics_sessions", "analytics_aggregates"} <= before.keys()
    warehouse.build(DayRange(date(2015, 5, 17), date(2015, 5, 20)), select=MODELS)
    assert warehouse.snapshot() == before
    real_site.execute("drop schema marts cascade; drop schema intermediate cascade; drop schema staging cascade")
    monkeypatch.setattr(dbt_run, "MOST_DAYS", 3)
    settings = Settings(home=warehouse.home)
    with closing(dbt_build(warehouse.url, settings, DayRange(date(2015, 5, 17), date(2015, 5, 20)), MODELS)) as results:
        rows = {result.unique_id.rpartition(".")[2]: result.rows for result in results}
    assert rows["visitor_days"] == len(before["visitor_days"])
    assert warehouse.snapshot() == before
    assert "Every day is built" in real_site.dogear("build").stdout


@pytest.mark.parametrize("dropped", ["schema marts", "table marts.analytics_clicks"])
def test_dropping_marts_alone_and_building_again_gives_the_same_rows(real_site, dropped):
    warehouse = Warehouse.of(real_site)
    before = warehouse.snapshot()
    real_site.execute(f"drop {dropped} cascade")
    warehouse.build(select=MODELS)
    assert warehouse.snapshot() == before
    assert warehouse.stale() == []


def test_the_summary_can_be_read(real_site, views):
    text = real_site.dogear("analytics").stdout
    assert "semicomplete.com, 2015-04-23 to 2015-05-20" in text
    assert f"{len(views):,}" in text
