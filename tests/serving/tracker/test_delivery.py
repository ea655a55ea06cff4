"""Nothing is lost: batches, closing tabs, servers that fail, storage that is blocked."""

import json

import pytest

from tests.serving.tracker.visit import Visit, eventually, paths


def test_custom_events_and_calls_before_the_script(visit: Visit) -> None:
    visit.server.head = """<script>
        window.dogear = window.dogear || function () { (dogear.q = dogear.q || []).push(arguments) };
        dogear('theme', {name: 'dark', tries: 2, sure: true, other: null})</script>"""
    page = visit.open("/cv")
    page.evaluate("dogear('letter_generated')")
    visit.leave(page)
    assert visit.until("theme")[0].properties == {"name": "dark", "tries": 2, "sure": True, "other": None}
    assert paths(visit.until("letter_generated")) == ["/cv"]


def test_twenty_events_go_at_once(visit: Visit) -> None:
    visit.context.clock.install()
    page = visit.open("/")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    page.evaluate("for (let i = 0; i < 19; i++) dogear('step', {i})")
    assert len(visit.until("step", 19)) == 19


def test_closing_the_tab_sends_what_there_is(visit: Visit) -> None:
    page = visit.open("/")
    page.evaluate("dogear('last_word')")
    page.close(run_before_unload=True)
    visit.until("last_word")
    visit.until("page_view")


@pytest.mark.parametrize("answer", [503, 429, 408, 0])
def test_a_server_that_fails_gets_it_on_the_next_page(visit: Visit, answer: int) -> None:
    visit.server.answer = answer
    page = visit.open("/first")
    page.evaluate("dogear('kept', {n: 1})")
    visit.leave(page)
    eventually(lambda: visit.server.attempts)
    assert visit.events() == []
    page = visit.open("/second")
    page.evaluate("for (let i = 0; i < 50; i++) dogear('kept', {i})")
    eventually(lambda: len(visit.stored(page)) > 20)
    # What is sent while leaving fails too. Were it accepted, it would come again: once too often, but never too seldom.
    page.evaluate("dogear('kept')")
    before = len(visit.server.attempts)
    visit.leave(page)
    eventually(lambda: len(visit.server.attempts) > before)
    visit.server.answer = 202
    visit.open("/third", page)
    visit.until("kept", 52)
    page.wait_for_function("Object.keys({...localStorage, ...dogear.pending}).length === 0")
    visit.leave(page)
    assert paths(visit.until("page_view", 3)) == ["/first", "/second", "/third"]
    ids = [event.data.event_id for event in visit.server.accepted]
    # The browser itself repeats a request that was answered 408; by its id, each event counts once all the same.
    assert answer == 408 or len(ids) == len(set(ids))


def test_what_was_accepted_is_no_longer_stored(visit: Visit) -> None:
    visit.server.answer = 503
    page = visit.open("/")
    page.evaluate("for (let i = 0; i < 20; i++) dogear('kept')")
    eventually(lambda: len(visit.stored(page)) > 19)
    visit.server.answer = 202
    visit.open("/", page)
    visit.until("kept", 20)
    eventually(lambda: not visit.stored(page))


def test_what_is_refused_for_good_is_dropped(visit: Visit) -> None:
    visit.server.answer = 400
    page = visit.open("/")
    page.evaluate("for (let i = 0; i < 19; i++) dogear('wrong')")
    eventually(lambda: visit.server.attempts)
    visit.server.answer = 202
    visit.open("/next", page)
    visit.leave(page)
    assert paths(visit.until("page_view")) == ["/next"]
    assert visit.events("wrong") == []


def test_two_tabs_lose_nothing(visit: Visit) -> None:
    visit.server.answer = 503
    tabs = [visit.open("/"), visit.open("/")]
    for number, tab in enumerate(tabs):
        tab.evaluate("tab => { for (let i = 0; i < 30; i++) dogear('kept', {tab, i}) }", number)
    for tab in tabs:
        visit.leave(tab)
    visit.server.answer = 202
    visit.open("/", tabs[0])
    assert len(visit.until("kept", 60)) == 60


def test_what_is_stored_is_bounded(visit: Visit) -> None:
    visit.server.answer = 503
    page = visit.open("/")
    page.evaluate("localStorage['the site’s own'] = 1; dogear('old')")
    page.evaluate("for (let i = 0; i < 700; i++) localStorage['dogear.0' + (1e9 + i)] = '{}'")  # of 1970
    page.evaluate("for (let i = 0; i < 700; i++) dogear('many', {text: 'x'.repeat(900), i})")
    visit.leave(page)
    visit.open("/", page)
    sizes = [len(value) for key, value in visit.stored(page).items() if key.startswith("dogear.")]
    assert 100 < len(sizes) <= 500
    assert sum(sizes) <= 200_000
    kept = [json.loads(value) for key, value in visit.stored(page).items() if key.startswith("dogear.")]
    assert max(event["data"].get("properties", {}).get("i", 0) for event in kept) == 699  # the newest
    assert "the site’s own" in visit.stored(page)


def test_blocked_storage_breaks_nothing(visit: Visit) -> None:
    visit.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    )
    visit.server.attributes = "data-consent"
    errors: list[str] = []
    page = visit.context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit.open("/", page)
    visit.leave(page)
    assert visit.until("page_view")[0].visitor_id is None
    assert errors == []


def test_properties_that_are_no_json_fail_alone(visit: Visit) -> None:
    page = visit.open("/")
    assert page.evaluate("() => { try { dogear('odd', {n: 1n}) } catch (error) { return error.name } }") == "TypeError"
    page.evaluate("dogear('fine')")
    visit.leave(page)
    visit.until("fine")
    assert visit.events("odd") == []
