"""What counts as a page view."""

from tests.serving.tracker.visit import Visit, paths


def test_a_view_says_what_was_read_and_how(visit: Visit) -> None:
    visit.server.head = '<meta name="dogear:page-type" content="blog">'
    page = visit.open("/post?utm_source=news")
    visit.leave(page)
    [view] = visit.until("page_view")
    assert paths([view]) == ["/post?utm_source=news"]
    assert view.page_title == "Title of /post?utm_source=news"
    assert (view.page_type, view.language_code, view.timezone) == ("blog", "de-DE", "Europe/Berlin")
    assert (view.viewport_width, view.viewport_height) == (800, 600)
    assert (view.screen_width, view.screen_height) == (1366, 768)
    assert view.load_time_ms is not None
    assert not view.referrer
    assert view.event_id is not None
    assert view.event_id.version == 7
    assert visit.server.attempts[0] == ("/api/analytics/ingest?site=example.org", "text/plain;charset=UTF-8")


def test_a_link_leaves_its_page_as_referrer(visit: Visit) -> None:
    visit.server.body = '<a href="/second">on</a>'
    page = visit.open("/first")
    page.click("a")
    page.wait_for_url("**/second")
    visit.leave(page)
    assert (visit.until("page_view", 2)[1].referrer or "").endswith("/first")


def test_single_page_apps(visit: Visit) -> None:
    page = visit.open("/a")
    page.evaluate("history.pushState({}, '', '/b'); document.title = 'B'")
    page.evaluate("history.replaceState({}, '', '/b?sort=up'); history.pushState({}, '', '#part')")
    page.evaluate("history.pushState({}, '', '/c'); document.title = 'C'")
    page.go_back()
    page.evaluate("location.hash = 'other'")
    visit.leave(page)
    views = visit.until("page_view", 4)
    assert paths(views) == ["/a", "/b", "/c", "/b?sort=up#part"]
    assert [view.page_title for view in views[:3]] == ["Title of /a", "B", "C"]
    assert (views[2].referrer or "").endswith("/b")
    assert views[1].load_time_ms is None


def test_texts_beyond_the_limits_are_cut(visit: Visit) -> None:
    page = visit.open("/")
    page.evaluate("document.title = '😀'.repeat(900); dogear('odd', {text: '😀x'.repeat(600), lone: '\\ud83d'})")
    page.evaluate("history.pushState({}, '', '/' + 'x'.repeat(5000))")
    visit.leave(page)
    assert visit.until("page_view", 2)[0].page_title == "😀" * 500
    assert visit.until("odd")[0].properties == {"text": ("😀x" * 600)[:666], "lone": ""}


TAG = '<script defer src="/dogear.js" data-site="example.org"></script>'
RUN_AGAIN = """new Promise(done => {
    const script = document.createElement('script');
    Object.assign(script, {src: '/dogear.js', onload: done});
    script.dataset.site = 'example.org';
    document.body.append(script);
})"""


def test_a_page_with_two_tags_is_viewed_once(visit: Visit) -> None:
    visit.server.head = TAG
    visit.server.body = f"<p>Read on</p>{TAG}"
    page = visit.open("/twice")
    page.evaluate("dogear('step')")
    page.click("p")
    visit.leave_for_good(page)
    assert paths(visit.until("page_view")) == ["/twice"]
    assert len(visit.until("step")) == 1


def test_a_router_that_runs_the_scripts_of_each_page_again(visit: Visit) -> None:
    page = visit.open("/one")
    for path in ("/two", "/three"):
        page.evaluate(f"history.pushState({{}}, '', '{path}')")
        page.evaluate(RUN_AGAIN)
    visit.leave_for_good(page)
    assert paths(visit.until("page_view", 3)) == ["/one", "/two", "/three"]


def test_a_script_that_a_page_inserts_itself(visit: Visit) -> None:
    visit.server.tag = ""
    page = visit.open("/inserted")
    page.evaluate(RUN_AGAIN)
    visit.leave_for_good(page)
    assert paths(visit.until("page_view")) == ["/inserted"]


def test_a_page_counts_when_it_is_first_seen(visit: Visit) -> None:
    """Chromium without a screen shows every tab, so the page says that it is hidden."""
    visit.context.add_init_script("Object.defineProperty(document, 'hidden', {get: () => !window.isSeen})")
    visit.leave(visit.open("/never"))
    page = visit.open("/later")
    for _ in range(2):
        page.evaluate("isSeen = true; document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    visit.leave_for_good(page)
    assert paths(visit.until("page_view")) == ["/later"]


def test_a_slash_at_the_end_makes_no_other_page(visit: Visit) -> None:
    page = visit.open("/slash?a=b")
    page.evaluate("history.replaceState({}, '', '/slash/'); history.pushState({}, '', '/slash')")
    page.evaluate("history.pushState({}, '', '/slash/more'); history.replaceState({}, '', '/slash/more/#end')")
    visit.leave_for_good(page)
    assert paths(visit.until("page_view", 2)) == ["/slash?a=b", "/slash/more"]


def test_what_stays_on_the_page_is_no_view(visit: Visit) -> None:
    page = visit.open("/same")
    page.evaluate("location.hash = '#/one'; history.pushState({}, '', location.href)")
    page.evaluate("history.replaceState({a: 1}, ''); history.replaceState({}, '', '/same?page=2')")
    visit.leave_for_good(page)
    assert paths(visit.until("page_view")) == ["/same"]


def test_a_router_with_a_way_of_its_own(visit: Visit) -> None:
    visit.context.clock.install()
    page = visit.open("/first")
    page.evaluate("history.replaceState({}, '', '/second')")
    page.clock.run_for(1_000)
    page.evaluate("History.prototype.pushState.call(history, {}, '', '/third')")
    page.clock.run_for(1_000)
    visit.leave_for_good(page)
    assert paths(visit.until("page_view", 3)) == ["/first", "/second", "/third"]


def test_a_page_that_comes_back_from_the_cache_is_viewed_again(visit: Visit) -> None:
    page = visit.open("/back")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    visit.leave_for_good(page)
    assert paths(visit.until("page_view", 2)) == ["/back", "/back"]


def test_a_page_within_a_page_is_a_page(visit: Visit) -> None:
    page = visit.open("/outer")
    page.evaluate(
        "new Promise(done => document.body.append("
        "Object.assign(document.createElement('iframe'), {src: '/inner', onload: done})))"
    )
    visit.leave_for_good(page)
    assert set(paths(visit.until("page_view", 2))) == {"/outer", "/inner"}


def test_pages_that_make_it_hard(visit: Visit) -> None:
    """A base elsewhere, a strict policy, and a library of old that gives dates and lists a JSON of its own."""
    visit.server.policy = "script-src 'self' 'unsafe-inline'; connect-src 'self'"
    visit.server.head = """<base href="https://elsewhere.example/"><script>
        Array.prototype.toJSON = function () { return 'x' }; Date.prototype.toJSON = function () { return 'yesterday' }
        </script>"""
    visit.server.origin = visit.server.url
    page = visit.open("/unicode/日本語")
    visit.leave(page)
    assert paths(visit.until("page_view")) == ["/unicode/%E6%97%A5%E6%9C%AC%E8%AA%9E"]


def test_events_of_one_millisecond_keep_their_order(visit: Visit) -> None:
    visit.context.clock.install()
    page = visit.open("/")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    page.evaluate("for (let i = 0; i < 15; i++) dogear('step', {i})")
    visit.leave_for_good(page)
    assert [step.properties for step in visit.until("step", 15)] == [{"i": i} for i in range(15)]
