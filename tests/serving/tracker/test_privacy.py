"""What is stored in the browser, and when nothing is sent."""

import pytest

from tests.serving.tracker.visit import Visit, eventually

IDS = {"dogear_ids"}
KNOWS_IDS = "dogear.ids.length"  # true once dogear-consent.js is loaded


@pytest.mark.parametrize("wish", ["doNotTrack: {get: () => '1'}", "globalPrivacyControl: {get: () => true}"])
def test_who_does_not_want_it_is_left_alone(visit: Visit, wish: str) -> None:
    visit.context.add_init_script(f"Object.defineProperties(navigator, {{{wish}}})")
    visit.server.attributes = "data-consent data-heatmap data-fingerprint"
    page = visit.open("/")
    page.evaluate("dogear('consent', true); for (let i = 0; i < 40; i++) dogear('step')")
    assert visit.stored(page) == {}
    visit.leave(page)
    visit.open("/again", page)
    assert visit.server.attempts == []
    assert set(visit.server.scripts) == {"dogear.js"}


def test_without_consent_there_is_no_id(visit: Visit) -> None:
    page = visit.open("/")
    page.evaluate("for (let i = 0; i < 19; i++) dogear('step')")
    visit.until("step", 19)
    eventually(lambda: not visit.stored(page))
    visit.leave(page)
    assert visit.context.cookies() == []
    assert visit.server.cookies == []
    assert {(event.visitor_id, event.session_id) for event in visit.events()} == {(None, None)}


def test_with_consent_a_visitor_is_known_again_until_it_is_withdrawn(visit: Visit) -> None:
    page = visit.open("/")
    page.evaluate("dogear('consent', true)")
    assert visit.stored(page).keys() >= IDS
    for path in ("/second", "/third"):
        visit.open(path, page)
        page.wait_for_function(KNOWS_IDS)
    page.evaluate("dogear('consent', false)")
    assert not visit.stored(page).keys() & IDS
    visit.open("/fourth", page)
    visit.leave(page)
    first, second, third, fourth = visit.until("page_view", 4)
    assert first.visitor_id is None
    assert second.visitor_id is not None
    assert (second.visitor_id, second.session_id) == (third.visitor_id, third.session_id)
    assert (fourth.visitor_id, fourth.session_id) == (None, None)
    assert visit.context.cookies() == []


def test_events_wait_for_their_ids_even_on_the_next_page(visit: Visit) -> None:
    visit.server.attributes = "data-consent"
    visit.context.route("**/dogear-consent.js", lambda _: None)  # never answered
    page = visit.open("/first")
    page.evaluate("for (let i = 0; i < 30; i++) dogear('step')")
    visit.leave(page)
    assert visit.server.attempts == []
    visit.context.unroute("**/dogear-consent.js")
    visit.open("/second", page)
    steps = visit.until("step", 30)
    visit.leave(page)
    events = [*steps, *visit.until("page_view", 2)]
    assert None not in {event.visitor_id for event in events} | {event.session_id for event in events}
    assert len({(event.visitor_id, event.session_id) for event in events}) == 1


def test_without_the_part_for_consent_events_go_without_ids(visit: Visit) -> None:
    visit.server.attributes = "data-consent"
    visit.context.route("**/dogear-consent.js", lambda route: route.abort())
    page = visit.open("/")
    page.evaluate("for (let i = 0; i < 30; i++) dogear('step')")
    assert {step.visitor_id for step in visit.until("step", 30)} == {None}


def test_a_session_ends_after_thirty_minutes_and_a_visitor_after_thirteen_months(visit: Visit) -> None:
    visit.context.clock.install()
    visit.server.attributes = "data-consent"
    page = visit.open("/")
    page.wait_for_function(KNOWS_IDS)
    page.clock.fast_forward(29 * 60 * 1000)
    page.evaluate("dogear('same')")
    page.clock.fast_forward(31 * 60 * 1000)
    page.evaluate("dogear('other')")
    visit.leave(page)
    [view], [same], [other] = visit.until("page_view"), visit.until("same"), visit.until("other")
    assert view.session_id == same.session_id != other.session_id
    assert view.visitor_id == other.visitor_id


def test_a_tab_that_is_looked_at_again_begins_no_session(visit: Visit) -> None:
    visit.context.clock.install()
    visit.server.attributes = "data-consent"
    page = visit.open("/")
    page.wait_for_function(KNOWS_IDS)
    page.clock.fast_forward(45 * 60 * 1000)
    page.mouse.move(100, 100)
    page.clock.run_for(5_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # sends the heartbeat
    eventually(lambda: visit.events("heartbeat"))
    page.evaluate("dogear('clicked')")
    visit.leave(page)
    [view], [clicked] = visit.until("page_view"), visit.until("clicked")
    assert {beat.session_id for beat in visit.events("heartbeat")} == {view.session_id}
    assert clicked.session_id != view.session_id


@pytest.mark.parametrize(("attributes", "consented"), [("data-consent", True), ('data-consent="false"', False)])
def test_consent_of_the_script_tag(visit: Visit, attributes: str, consented: bool) -> None:
    visit.server.attributes = attributes
    page = visit.open("/")
    if consented:  # left before its ids are there, the view would wait for the next page
        page.wait_for_function("localStorage.getItem('dogear_ids')")
    visit.leave(page)
    [view] = visit.until("page_view")
    assert (view.visitor_id is not None) is consented


def test_the_heat_map_is_loaded_where_it_is_wanted(visit: Visit) -> None:
    page = visit.open("/")
    page.mouse.move(10, 20)
    visit.leave(page)
    visit.until("page_view")
    assert visit.server.scripts == ["dogear.js"]
    visit.server.attributes = "data-heatmap"
    visit.open("/", page)
    page.evaluate("import('/dogear-heatmap.js')")  # the same module: waits until it runs
    for x in range(100, 200, 10):
        page.mouse.move(x, 50)
    page.mouse.click(300, 60)
    visit.leave(page)
    move, click = visit.until("heatmap", 2)
    assert (move.pointer_x, move.pointer_y) == (100, 50)
    assert (click.pointer_x, click.pointer_y, click.viewport_width, click.viewport_height) == (300, 60, 800, 600)


def test_a_fingerprint_needs_consent_and_stands_in_for_an_id(visit: Visit) -> None:
    visit.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    )
    visit.server.attributes = "data-fingerprint"
    page = visit.open("/")
    visit.leave(page)
    visit.until("page_view")
    assert visit.server.scripts == ["dogear.js"]
    visit.server.attributes = "data-fingerprint data-consent"
    visit.open("/", page)
    page.evaluate("dogear('consent', true)")  # waits for the id
    visit.leave(page)
    [without, with_print] = visit.until("page_view", 2)
    assert without.visitor_id is None
    assert len(with_print.visitor_id or "") == 64
