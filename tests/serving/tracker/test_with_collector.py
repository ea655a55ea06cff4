"""From a real browser through the real collector into raw.events: each thing that a person did, once."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from orchestration.content.sites import Site, save_site
from tests.conftest import database_of_its_own
from tests.serving.collector.running import RunningCollector, running_collector, until
from tests.serving.tracker.page_server import SITE, PageServer, page_server

TALL = """<main style="height: 3000px"><a id=paper href="/paper.pdf">Paper</a>
    <a id=out target=_blank href="{}">Out</a></main>"""
SENT_ALL = "Object.keys({...localStorage, ...dogear.pending}).filter(key => key.startsWith('dogear.')).length == 0"
GOOD = json.dumps({"events": [{"type": "step", "data": {"occurred_at": datetime.now(UTC).isoformat()}}]})
SEND = """body => fetch(`${URL}/api/analytics/ingest?site=${body.site}`, {method: 'POST', body: body.text})
    .then(async answer => [answer.status, Object.keys(await answer.json()).includes('accepted')])"""


@contextmanager
def collecting(server_url: str, home: Path, **settings: str) -> Iterator[RunningCollector]:
    with database_of_its_own(server_url) as url:
        save_site(url, Site(SITE, "owner"))
        with running_collector(home, url, **settings) as collector:
            yield collector


@pytest.fixture(scope="module")
def collector(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    with collecting(server_url, tmp_path_factory.mktemp("collector")) as collector:
        yield collector


@pytest.fixture
def site(collector: RunningCollector) -> Iterator[PageServer]:
    with page_server(collector.url) as site:
        yield site


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    yield context
    context.close()


def opened(person: BrowserContext, url: str) -> Page:
    page = person.new_page()
    page.goto(url)
    return page


def rows_below(collector: RunningCollector, path: str, count: int) -> list[tuple[Any, ...]]:
    """What there is of pages below a path, without heartbeats, once there is so much."""
    question = (
        "select event_type, page_path, click_category, target_url, properties from raw.events "
        "where starts_with(page_path, %s) and event_type != 'heartbeat' order by occurred_at, event_id"
    )
    until(lambda: len(collector.rows(question, [path])) >= count)
    collector.wait_for(0)
    return collector.rows(question, [path])


def test_a_visit_is_what_the_person_did(collector: RunningCollector, site: PageServer, person: BrowserContext) -> None:
    elsewhere = f"http://elsewhere.localhost:{site.server_port}/other.pdf"
    site.body = TALL.format(elsewhere)
    page = opened(person, f"{site.url}/visit/first?utm_source=letter&secret=1")
    page.evaluate("scrollTo(0, 900); new Promise(done => addEventListener('scroll', done, {once: true}))")
    page.evaluate("new Promise(requestAnimationFrame)")
    page.evaluate("scrollTo(0, 0)")
    with page.expect_download():
        page.click("#paper")
    page.evaluate("dogear('letter_generated', {kind: 'cover', tries: 2})")
    page.evaluate("history.pushState({}, '', '/visit/second')")
    with person.expect_page():
        page.click("#out")
    page.close(run_before_unload=True)
    assert rows_below(collector, "/visit/", 5) == [
        ("page_view", "/visit/first", None, None, None),
        ("click", "/visit/first", "download", f"{site.url}/paper.pdf", None),
        ("letter_generated", "/visit/first", None, None, {"kind": "cover", "tries": 2}),
        ("page_view", "/visit/second", None, None, None),
        ("click", "/visit/second", "outbound", elsewhere, None),
    ]
    depths = "select max(scroll_depth_percentage) from raw.events where page_path = '/visit/first'"
    assert collector.rows(depths) == [(50,)]
    views = (
        "select page_title, utm_source, referrer_path from raw.events where event_type = 'page_view' order by page_path"
    )
    assert [row[1:] for row in collector.rows(views)] == [("letter", None), (None, "/visit/first")]


def test_consent_makes_a_visitor_known(collector: RunningCollector, site: PageServer, person: BrowserContext) -> None:
    page = opened(person, f"{site.url}/consent/before")
    page.evaluate("dogear('consent', true)")
    for path in ("/consent/first", "/consent/second"):
        page.goto(site.url + path)
        page.wait_for_function("dogear.ids.length")
    page.close(run_before_unload=True)
    rows_below(collector, "/consent/", 3)
    before, first, second = collector.rows(
        "select client_visitor_id, client_session_id from raw.events "
        "where starts_with(page_path, '/consent/') and event_type = 'page_view' order by occurred_at"
    )
    assert before == (None, None)
    assert None not in first
    assert first == second


def test_who_does_not_want_it_sends_nothing(
    collector: RunningCollector, site: PageServer, person: BrowserContext
) -> None:
    quiet = opened(person, f"{site.url}/dnt/before")  # this one is counted
    quiet.add_init_script("Object.defineProperty(navigator, 'doNotTrack', {get: () => '1'})")
    asked: list[str] = []
    quiet.goto(f"{site.url}/dnt/quiet")
    quiet.on("request", lambda request: asked.append(request.url))
    quiet.evaluate("for (let i = 0; i < 40; i++) dogear('step')")
    quiet.close(run_before_unload=True)
    assert asked == []
    opened(person, f"{site.url}/dnt/after").close(run_before_unload=True)
    assert [row[:2] for row in rows_below(collector, "/dnt/", 2)] == [
        ("page_view", "/dnt/before"),
        ("page_view", "/dnt/after"),
    ]


def sent(page: Page, collector: RunningCollector, text: str, site: str = SITE) -> list[Any]:
    """Status, and whether the answer could be read and says what was accepted."""
    return page.evaluate(SEND.replace("${URL}", collector.url), {"site": site, "text": text})


def test_pages_can_read_each_answer(server_url: str, tmp_path: Path, person: BrowserContext) -> None:
    with collecting(server_url, tmp_path, RATE_LIMIT="6") as collector, page_server("") as site:
        page = opened(person, site.url)
        assert sent(page, collector, GOOD) == [202, True]
        assert sent(page, collector, "{") == [400, False]
        assert sent(page, collector, '{"events": [{"type": "BAD", "data": {}}]}') == [422, False]
        assert sent(page, collector, GOOD, "nowhere.example") == [403, False]
        assert sent(page, collector, GOOD, "example.org") == [403, False]
        assert sent(page, collector, " " * 1_000_001) == [413, False]
        assert sent(page, collector, GOOD) == [429, False]


def test_a_full_disk_is_told_and_nothing_is_lost(server_url: str, tmp_path: Path, person: BrowserContext) -> None:
    with collecting(server_url, tmp_path, JOURNAL_RESERVE_MB=str(10**9)) as full, page_server(full.url) as site:
        page = opened(person, f"{site.url}/full")
        assert sent(page, full, GOOD) == [503, False]
        page.evaluate("for (let i = 0; i < 19; i++) dogear('step')")
        page.wait_for_function("Object.keys(localStorage).length == 20")


def test_a_server_that_is_killed_loses_nothing_and_doubles_nothing(
    collector: RunningCollector, site: PageServer, person: BrowserContext
) -> None:
    page = opened(person, f"{site.url}/killed")
    page.evaluate(
        "window.n = 0; const timer = setInterval(() => n < 400 ? dogear('step', {n: n++}) : clearInterval(timer), 10)"
    )
    steps = (
        "select count(*), count(distinct properties ->> 'n') from raw.events "
        "where page_path = '/killed' and event_type = 'step'"
    )
    until(lambda: collector.rows(steps)[0][0] >= 40)
    server = collector.processes.programs[0]
    until(lambda: time.monotonic() - server.started > 2)  # what ends sooner is not started again
    family = [*psutil.Process(server.process.pid).children(recursive=True), psutil.Process(server.process.pid)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    page.wait_for_function("Object.keys(localStorage).length > 20")  # it cannot be reached, and the page notices
    until(lambda: collector.processes.keep_running() or server.process.poll() is None)
    page.wait_for_function("n == 400")
    until(lambda: collector.processes.keep_running() or page.evaluate(SENT_ALL))
    page.close(run_before_unload=True)
    until(lambda: collector.rows(steps)[0][0] >= 400)
    collector.wait_for(0)
    assert collector.rows(steps) == [(400, 400)]
    assert len(rows_below(collector, "/killed", 401)) == 401
