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
