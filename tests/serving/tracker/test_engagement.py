"""Engaged seconds and scroll depth. Time is the browser's own, moved by hand."""

import pytest

from tests.serving.tracker.visit import Visit, paths


def test_engaged_time_ends_thirty_seconds_after_the_last_activity(visit: Visit) -> None:
    visit.context.clock.install()
    page = visit.open("/long-read")
    page.clock.run_for(15_000)
    page.mouse.move(100, 100)
    page.clock.run_for(120_000)
    visit.leave_for_good(page)
    visit.until("page_view")
    beats = visit.events("heartbeat")
    assert sum(beat.engaged_seconds or 0 for beat in beats) == pytest.approx(45, abs=2)
    assert set(paths(beats)) == {"/long-read"}


def test_scroll_depth_is_the_deepest_so_far(visit: Visit) -> None:
    visit.server.body = '<div style="height: 3000px"></div>'
    visit.server.head = "<style>body { margin: 0 }</style>"
    page = visit.open("/")
    page.evaluate("scrollTo(0, 900); new Promise(done => addEventListener('scroll', done, {once: true}))")
    page.evaluate("new Promise(requestAnimationFrame)")
    page.evaluate("scrollTo(0, 0)")
    visit.leave_for_good(page)
    visit.until("page_view")
    assert visit.events("heartbeat")[-1].scroll_depth_percentage == 50


def test_a_single_page_app_gets_its_time_for_each_page(visit: Visit) -> None:
    visit.context.clock.install()
    page = visit.open("/a")
    page.clock.run_for(5_000)
    page.evaluate("history.pushState({}, '', '/b')")
    page.clock.run_for(3_000)
    visit.leave_for_good(page)
    visit.until("page_view", 2)
    seconds = {path: beat.engaged_seconds for beat in visit.events("heartbeat") for path in paths([beat])}
    assert seconds == {"/a": pytest.approx(5, abs=1), "/b": pytest.approx(3, abs=1)}


def test_a_hidden_page_earns_no_time(visit: Visit) -> None:
    visit.context.clock.install()
    page = visit.open("/")
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    page.clock.run_for(20_000)
    visit.leave_for_good(page)
    visit.until("page_view")
    assert visit.events("heartbeat") == []
