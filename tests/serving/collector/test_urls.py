"""What a page's URL says beyond its path is not on disk, and what is read of it stays the same."""

import json
from datetime import UTC, datetime
from itertools import product

import pyarrow as pa
import pytest

from orchestration.events.event_input import EVENT_INPUT
from orchestration.events.event_preparer import EventPreparer
from serving.collector.batch import read_batch
from serving.collector.sender import Sender
from serving.collector.urls import cut_page, cut_referrer, is_cut
from tests.serving.collector.running import SITE, page_view

NOW = datetime.now(UTC)
SENDER = Sender(SITE, "owner", "192.0.2.7", "Firefox")
PARTS = ["https://a.example/", "/b", "?", "#", "&", "utm_source=x", "gclid=", "autm_term=y", "amp;", "UTM_Medium=z"]


@pytest.mark.parametrize("title", ["plain", "50 % of it"])
def test_the_journal_holds_no_query_and_no_fragment(title):
    view = page_view(
        "/a?token=secret&utm_source=letter&GClid=secret#secret",
        referrer="https://b.example/c?q=secret",
        page_title=title,
    )
    line = read_batch(json.dumps({"events": [view]}).encode(), SENDER, NOW, lambda _: b"salt").line
    (event,) = json.loads(line)["events"]
    assert event["data"]["page_url"] == f"https://{SITE}/a?utm_source=letter&gclid=1"
    assert event["data"]["referrer"] == "https://b.example/c"
    assert b"secret" not in line


def test_a_url_that_was_cut_is_read_as_before():
    urls = ["".join(parts) for number in range(5) for parts in product(PARTS, repeat=number)]
    assert all(is_cut(cut(url), cut) for url in urls for cut in (cut_page, cut_referrer))
    preparer = EventPreparer(salts=None, memory_limit="500MB")
    cut = read(preparer, [cut_page(url) for url in urls], [cut_referrer(url) for url in urls])
    assert cut == read(preparer, urls, urls)


def read(preparer: EventPreparer, pages: list[str], referrers: list[str]) -> list[tuple[object, ...]]:
    """What is kept of events with these URLs."""
    rows = [
        {"page_url": page, "referrer": referrer, "line_number": number, "occurred_at": NOW, "site": SITE}
        for number, (page, referrer) in enumerate(zip(pages, referrers, strict=True))
    ]
    preparer.connection.register("event_input", pa.Table.from_pylist(rows, EVENT_INPUT))
    preparer.connection.execute("delete from prepared")
    preparer.prepare()
    kept = "page_host, page_path, referrer_host, referrer_path, click_id_kind, columns('utm_.*')"
    return preparer.connection.execute(f"select {kept} from prepared order by line_number").fetchall()
