"""One machine opens more than it should, and nobody else notices."""

import json
from contextlib import closing, suppress

from tests.serving.collector.running import SITE, RunningCollector, page_view, until
from tests.serving.crowd import CROWD, answered, connected, crowd, on_linux

pytestmark = on_linux
MOST = 128
BODY = 1_000_000


def head(length: int, site: str = SITE) -> bytes:
    return f"POST /api/analytics/ingest?site={site} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n".encode()


def test_twelve_hundred_idle_connections_keep_nobody_else_out(collector: RunningCollector):
    with crowd(collector.url, 1_200) as idle:
        for _ in range(20):
            collector.send(page_view())
        until(lambda: len(idle) - len(answered(idle)) <= MOST)
        # What it still has can be used.
        left = next(it for it in idle if it not in answered(idle))
        body = json.dumps({"events": [page_view()]}).encode()
        left.sendall(head(len(body)) + body)
        assert b" 202 " in left.recv(65_536)
    collector.wait_for(21)
    assert collector.count() == 21


def test_who_may_not_send_is_answered_before_the_body_comes(collector: RunningCollector):
    with closing(connected(collector.url, CROWD)) as connection:
        connection.sendall(head(BODY, "nowhere.example"))
        assert b" 403 " in connection.recv(65_536)


def test_bodies_of_one_address_take_no_more_memory_than_its_share(collector: RunningCollector):
    with crowd(collector.url, 40) as sending:
        for connection in sending:
            with suppress(OSError):  # it may be refused before all is sent
                connection.sendall(head(BODY) + b" " * (BODY - 1))
        # Room for 128 requests and a large body holds five of these.
        until(lambda: len(answered(sending)) == 35)
        said = [it.recv(65_536) for it in answered(sending)[:5]]
        assert all(b" 429 " in it and b"retry-after: 1" in it.lower() for it in said)
        collector.send(page_view())
    body = json.dumps({"events": [page_view()]}).encode()

    def is_taken_again() -> bool:
        with closing(connected(collector.url, CROWD)) as connection:
            connection.sendall(head(len(body)) + body)
            return b" 202 " in connection.recv(65_536)

    # The server learns a moment later that the others have gone.
    until(is_taken_again)
