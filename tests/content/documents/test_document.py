"""A file's bytes in, a document out; or one line that says what is wrong with it."""

import uuid
from datetime import UTC, datetime

import pytest

from orchestration.content.documents.document import Document, id_of_path
from orchestration.content.documents.document import read_document as read_document_of_site
from orchestration.content.documents.rules.conventions import read_conventions
from orchestration.errors import DogearError

ID = id_of_path("example.org", "any.md")
PLAIN = read_conventions(lambda _: None)


def read_document(content_id: uuid.UUID, file_path: str, data: bytes) -> Document:
    """The document of a site without configuration."""
    return read_document_of_site(content_id, file_path, data, PLAIN)


YAML = """---
title: Why did they bounce?
description: A bounce is a fact about logs.
date: 2025-02-11
tags: [bounce, sessions]
---
Some *text*.
"""
TOML = """+++
title = "Why did they bounce?"
description = "A bounce is a fact about logs."
date = 2025-02-11
tags = ["bounce", "sessions"]
+++
Some *text*.
"""
JSON = """{
    "title": "Why did they bounce?",
    "description": "A bounce is a fact about logs.",
    "date": "2025-02-11",
    "tags": "bounce, sessions"
}
Some *text*.
"""


@pytest.mark.parametrize("text", [YAML, TOML, JSON, "\ufeff" + YAML, YAML.replace("\n", "\r\n")])
def test_front_matter_is_read_in_each_of_its_three_forms(text):
    document = read_document(ID, "blog/why-bounce.md", text.encode())
    assert document.title == "Why did they bounce?"
    assert document.excerpt == "A bounce is a fact about logs."
    assert document.published_at == datetime(2025, 2, 11, tzinfo=UTC)
    assert document.tags == ["bounce", "sessions"]
    assert document.front_matter["date"] == "2025-02-11"
    assert document.body == "Some *text*."
    assert (document.content_type, document.slug, document.url_path) == ("blog", "why-bounce", "/blog/why-bounce")
    assert (document.measures.word_count, document.is_draft) == (2, False)


def test_a_file_without_front_matter_speaks_for_itself():
    text = "\n# A heading\n\n![a picture](x.png)\n\nThe *first* [paragraph](/x)\ngoes on.\n\nThe second.\n"
    document = read_document(ID, "notes.md", text.encode())
    assert (document.title, document.excerpt) == ("A heading", "The first paragraph goes on.")
    assert (document.content_type, document.url_path, document.published_at) == ("page", "/notes", None)
    assert document.front_matter == {}


def test_the_id_is_the_one_that_the_file_names_if_it_is_a_uuid():
    given = id_of_path("example.org", "a.md")
    assert read_document(given, "a.md", b"").content_id == given
    assert read_document(given, "a.md", b"---\nid: 7\n---\n").content_id == given
    other = id_of_path("example.com", "a.md")
    assert read_document(given, "a.md", f"---\nid: {other}\n---\n".encode()).content_id == other != given


@pytest.mark.parametrize(
    ("file_path", "front_matter", "url_path"),
    [
        ("index.md", {}, "/"),
        ("_index.md", {}, "/"),
        ("about/_index.md", {}, "/about"),
        ("blog/post/index.md", {}, "/blog/post"),
        ("blog/post/index.md", {"slug": "other"}, "/blog/other"),
        ("blog/a.b.md", {}, "/blog/a.b"),
        ("blog/post.md", {"slug": "../../etc"}, "/blog/post"),
        ("blog/post.md", {"url": "/elsewhere/page.html"}, "/elsewhere/page"),
        ("blog/post.md", {"permalink": "/2025/post/index.html?x=1"}, "/2025/post"),
        ("blog/post.md", {"permalink": "/:year/:title/"}, "/blog/post"),
        ("index.md", {"slug": "home"}, "/"),
    ],
)
def test_the_path_at_which_visitors_see_it(file_path, front_matter, url_path):
    assert PLAIN.url_path(file_path, front_matter, None) == url_path


@pytest.mark.parametrize(
    ("written", "published_at"),
    [
        *((day, datetime(2025, 1, 4, tzinfo=UTC)) for day in ("2025-01-04", "2025-1-4", "2025/01/04", "20250104")),
        *((day, datetime(2025, 1, 14, tzinfo=UTC)) for day in ("14 January 2025", "Jan 14, 2025", "14.01.2025")),
        *((day, datetime(2025, 1, 14, tzinfo=UTC)) for day in ("01/14/2025", "14/01/2025", '"2025-01-14"')),
        ("2025-01-14T10:00:00Z", datetime(2025, 1, 14, 10, tzinfo=UTC)),
        ("2025-01-14 10:00:00 +0100", datetime(2025, 1, 14, 9, tzinfo=UTC)),
        ("2025-01-14T10:00:00.5-05:00", datetime(2025, 1, 14, 15, 0, 0, 500_000, tzinfo=UTC)),
        ("Tue, 14 Jan 2025 10:00:00 GMT", datetime(2025, 1, 14, 10, tzinfo=UTC)),
        ("Jan 14 2025 10:30 PM", datetime(2025, 1, 14, 22, 30, tzinfo=UTC)),
        ("03.04.2026", datetime(2026, 4, 3, tzinfo=UTC)),
    ],
)
def test_a_date_in_any_usual_form(written, published_at):
    assert read_document(ID, "a.md", f"---\ndate: {written}\n---\n".encode()).published_at == published_at


@pytest.mark.parametrize("written", ["03/04/2026", "January 2025", "2025", "10", "14 Jan", "14 Jan 2025 10:00 XYZ"])
def test_what_is_no_date_or_could_be_two_is_refused(written):
    with pytest.raises(DogearError, match="Write it like 2026-03-01"):
        read_document(ID, "a.md", f"---\ndate: {written}\n---\n".encode())


BILLION_LAUGHS = "---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"---\ntitle: [unclosed\n---\nText", "the front matter is not YAML that can be read: "),
        (
            b"---\ntitle: a\n  b: c\n---\n",
            "the front matter is not YAML that can be read: mapping values are not allowed in this context (line 3",
        ),
        (b"---\na: !!python/object/apply:os.system ['true']\n---\n", "could not determine a constructor"),
        (BILLION_LAUGHS.encode(), "aliases (*name) are not read (line 3 of the file)"),
        (b"---\na: " + b"[" * 20_000 + b"\n---\n", "nested too deeply"),
        (b"---\na: " + b"x" * 140_000 + b"\n---\n", "longer than 131,072 characters"),
        (b"---\n- just\n- a list\n---\n", "not a list of names and values but list"),
        (b"---\ntitle: never closed\n", "the front matter (YAML) is opened but never closed"),
        (b"+++\ntitle = \n+++\n", "the front matter is not TOML that can be read: Invalid value"),
        (
            b'{\n"title" "x"\n}\n',
            "the front matter is not JSON that can be read: Expecting ':' delimiter (line 2 of the file)",
        ),
        (b"---\ndate: soon\n---\n", "date is no date: 'soon'. Write it like 2026-03-01."),
        (b"title \xff", "not UTF-8: byte 0xff at offset 6"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(data, reason):
    with pytest.raises(DogearError) as refused:
        read_document(ID, "blog/bad.md", data)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_a_database_cannot_hold_does_not_reach_it():
    text = '---\ntitle: "a\\0b"\nnumber: .nan\nempty:\n1: {2: 3}\n---\nbo\0dy'
    document = read_document(ID, "a.md", text.encode())
    assert document.title == "ab"
    assert document.front_matter == {"title": "ab", "number": "nan", "empty": None, "1": {"2": 3}}
    assert document.body == "body"
    assert read_document(ID, "a.md", b'{\n"half": "\\ud800"\n}\n').front_matter == {"half": "?"}
