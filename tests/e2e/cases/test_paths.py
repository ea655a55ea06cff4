"""Paths of visits and of documents, as sites and servers write them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.e2e.cases.case_site import CaseSite, case
from tests.events.logs.log_writing import Visit, combined
from tests.rollups.session_model import Event

VIEWS = """
    select views.page_path, documents.url_path
    from marts.analytics_page_views as views
    left join content.items as documents on views.entity_id = documents.content_id::text
    order by views.viewed_at
"""


def test_visits_and_documents_agree_on_a_path(site: CaseSite, tmp_path: Path):
    for file in ("docs/café.md", "docs/A b.md", "blog/what-is-node.js.md"):
        (path := tmp_path / "files" / file).parent.mkdir(parents=True, exist_ok=True)
        path.write_text("A document.")
    site.read(tmp_path / "files")
    targets = ("/docs/caf%C3%A9/", "/docs/cafe%CC%81", "/docs/A%20b", "/blog/what-is-node.js", "/what-is-node.js")
    (log := tmp_path / "access.log").write_text("".join(combined(Visit(target)) for target in targets))
    site.load(log)
    # This came before paths had one form.
    before = "//docs/caf%c3%a9/"
    known: dict[str, Any] = {"client_visitor_id": "ada", "site": site.host, "user_code": "ada"}
    at = datetime(2026, 5, 18, tzinfo=UTC)
    site.warehouse.load([Event(event_id=uuid4(), occurred_at=at, event_type="page_view", page_path=before, **known)])
    site.build()
    assert sorted(site.rows(VIEWS)) == [
        ("/blog/what-is-node.js", "/blog/what-is-node.js"),
        ("/docs/A%20b", "/docs/A%20b"),
        *[("/docs/café", "/docs/café"), ("/docs/café/", "/docs/café"), ("/docs/café/", "/docs/café")],
    ]


def test_a_request_may_name_the_whole_url(site: CaseSite):
    site.load(case("04-absolute-form") / "access.log")
    site.build()
    assert [path for path, _ in site.rows(VIEWS)] == ["/", "/", "/rome.html", "/paris.html", "/"]


def test_a_dot_in_a_name_makes_no_file(site: CaseSite):
    folder = case("05-dots-in-slug")
    site.read(folder / "repo")
    site.load(folder / "access.log")
    site.build()
    assert site.rows(VIEWS) == [
        ("/blog/python-3.14", "/blog/python-3.14"),
        ("/blog/python-3.14/", "/blog/python-3.14"),
        ("/blog/what-is-node.js", "/blog/what-is-node.js"),
        ("/news.shtml", None),
        ("/shop.jsp", None),
        ("/blog/asp.net", "/blog/asp.net"),
        ("/blog/v2.0.1-released", "/blog/v2.0.1-released"),
    ]


def test_letters_beyond_ascii_are_joined_to_their_documents(site: CaseSite):
    folder = case("30-hugo-paths")
    site.read(folder / "repo")
    summary = site.load(folder / "access.log")
    site.build()
    views = site.rows(VIEWS)
    assert len(views) == summary.lines_read
    # YAML 1.1 reads 12:30 as minutes, and no and yes as truth.
    others = {"/n/1230/", "/2026/03/1230/", "/n/no/", "/2026/03/yes/"}
    assert {path for path, document in views if document is None} == others
