"""What a click says."""

import pytest

from tests.serving.tracker.visit import Visit

BODY = """
<nav><a id=home href="/home">Home</a></nav>
<main><a id=out href="https://other.example/page">Elsewhere</a> <a id=file href="/paper.pdf">Paper</a></main>
<aside><button id=like><b>Like  it</b></button></aside>
<footer><a id=mail href="mailto:ada@example.org">Write</a> <span id=named data-dogear="share"><i>x</i></span></footer>
<form><input id=send type=submit value="secret"></form><p id=plain>text</p>
<script>addEventListener('click', event => event.preventDefault())</script>
"""


@pytest.mark.parametrize(
    ("selector", "category", "context", "target"),
    [
        ("#home", "link", "navbar", "/home"),
        ("#out", "outbound", "content", "https://other.example/page"),
        ("#file", "download", "content", "/paper.pdf"),
        ("#like b", "button", "sidebar", "like"),
        ("#mail", "link", "footer", "mailto:"),
        ("#named i", "button", "footer", "share"),
        ("#send", "button", None, "send"),
    ],
)
def test_kinds(visit: Visit, selector: str, category: str, context: str | None, target: str) -> None:
    visit.server.body = BODY
    page = visit.open("/")
    page.click("#plain")
    page.click(selector)
    visit.leave(page)
    [click] = visit.until("click")
    assert (click.click_category, click.click_context) == (category, context)
    assert (click.click_target or "").removeprefix(visit.server.url) == target
    assert click.is_external is (category == "outbound")
    assert click.element_id == selector.split()[0].removeprefix("#")
    assert click.pointer_x is not None
    assert "secret" not in repr(click)


def test_the_element_is_described(visit: Visit) -> None:
    visit.server.body = BODY
    page = visit.open("/")
    page.click("#like")
    visit.leave(page)
    [click] = visit.until("click")
    assert (click.element_type, click.element_id, click.element_text) == ("button", "like", "Like it")
