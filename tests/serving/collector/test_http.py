"""HTTP as strangers speak it: bodies that lie, odd methods, paths and origins."""

import json
import socket
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests

from tests.serving.collector.running import SITE, RunningCollector, page_view

PATH = f"/api/analytics/ingest?site={SITE}"


def exchange(collector: RunningCollector, *parts: bytes, gives_up: bool = False) -> bytes:
    """What is answered to these bytes. ``gives_up``: nothing more will come."""
    address = urlsplit(collector.url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=20)) as connection:
        for part in parts:
            connection.sendall(part)
        if gives_up:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def head(*headers: str, method: str = "POST", path: str = PATH) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: x", "connection: close", *headers, "", ""]).encode(
        "latin-1"
    )


def test_bodies_in_chunks_and_lengths_that_lie(collector: RunningCollector):
    body = json.dumps({"events": [page_view()]}).encode()
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:30], body[30:])]
    assert b" 202 " in exchange(collector, head("transfer-encoding: chunked"), *chunks, b"0\r\n\r\n")
    assert b" 413 " in exchange(
        collector, head("transfer-encoding: chunked"), *[b"7d000\r\n%b\r\n" % (b" " * 512_000)] * 2
    )
    assert b" 413 " in exchange(collector, head("content-length: 99999999999999999999"[:30]))
    # Half of a body is none, even where the half could be read.
    assert b" 202 " not in exchange(collector, head(f"content-length: {len(body) + 9}"), body, gives_up=True)
    assert b" 202 " not in exchange(collector, head("transfer-encoding: chunked"), *chunks, gives_up=True)
    assert b" 400 " in exchange(collector, head(f"content-length: {len(body) - 9}"), body)
    assert b" 400 " in exchange(collector, head("content-length: -1"), body)
    collector.send(page_view())
    collector.wait_for(2)
    assert collector.count() == 2


def test_a_body_in_a_million_chunks_is_not_read_to_its_end(collector: RunningCollector):
    """Each is a message from the server to us: bodies of single bytes took seven seconds of a processor."""
    body = json.dumps({"events": [page_view()]}).encode().ljust(3_000)
    chunks = b"".join(b"1\r\n%b\r\n" % bytes([byte]) for byte in body)
    assert b" 413 " in exchange(collector, head("transfer-encoding: chunked"), chunks)
    assert b" 202 " in exchange(collector, head(f"content-length: {len(body)}"), body)
    collector.wait_for(1)


def test_a_hundred_slow_connections_keep_nobody_from_sending(collector: RunningCollector):
    address = urlsplit(collector.url)
    slow = [socket.create_connection((address.hostname, address.port), timeout=20) for _ in range(100)]
    body = json.dumps({"events": [page_view()]}).encode()
    try:
        for connection in slow:
            connection.sendall(head(f"content-length: {len(body)}") + body[:10])
        for _ in range(20):
            collector.send(page_view())
        slow[0].sendall(body[10:])
        assert b" 202 " in slow[0].recv(65_536)
    finally:
        for connection in slow:
            connection.close()
    collector.send(page_view())
    collector.wait_for(22)
    assert collector.count() == 22


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("POST", "/health/", 404),
        ("GET", "/evil.js", 404),
        ("GET", "/%00", 404),
        ("GET", "/../../etc/passwd", 404),
        ("POST", f"/api/analytics/ingest/?site={SITE}", 404),
        ("PUT", "/openapi.json", 405),
        ("POST", "/dogear.js", 405),
        ("TRACE", "/openapi.json", 405),
        ("PUT", PATH, 405),
        ("GET", PATH, 405),
        ("TRACE", PATH, 405),
        ("GET", "/redoc", 404),
        ("POST", "/api/analytics/ingest?site=" + "x" * 30_000, 403),
        ("POST", "/api/analytics/ingest?site=%ff%00%ED%A0%80", 403),
        # Without a name, the site is that of the Origin; what is sent is no batch.
        ("POST", "/api/analytics/ingest?" + "&" * 5_000, 400),
    ],
)
def test_every_error_is_a_problem_that_pages_may_read(collector: RunningCollector, method: str, path: str, status: int):
    origin = f"https://{SITE}"
    asked = requests.Request(method, f"{collector.url}{path}", headers={"origin": origin}, data=b"{}").prepare()
    with requests.Session() as session:
        answer = session.send(asked, timeout=9)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] in ("*", origin)
    assert (status == 405) == ("allow" in answer.headers)


def test_head_is_get_without_a_body(collector: RunningCollector):
    for path in ("/health", "/dogear.js", "/openapi.json"):
        answer = requests.head(f"{collector.url}{path}", timeout=9)
        assert (answer.status_code, answer.content) == (200, b"")


def test_pages_read_what_is_the_same_for_all_and_not_how_we_are(collector: RunningCollector):
    for path, is_for_all in (("/dogear.js", True), ("/openapi.json", True), ("/nowhere", True), ("/health", False)):
        answer = requests.get(f"{collector.url}{path}", headers={"origin": "https://evil.example"}, timeout=9)
        assert ("access-control-allow-origin" in answer.headers) == is_for_all, path
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_nothing_comes_from_elsewhere(collector: RunningCollector):
    for path in ("/", "/redoc", "/openapi.json", "/health", "/nowhere"):
        answer = requests.get(f"{collector.url}{path}", timeout=9)
        assert "json" in answer.headers["content-type"]


def test_no_page_of_others_learns_which_sites_there_are(collector: RunningCollector):
    """An unknown site, and one that takes nothing of this origin, are refused in the same words."""

    def refused(site: str, origin: str) -> tuple[int, str]:
        asked = f"{collector.url}/api/analytics/ingest?site={site}"
        answer = requests.post(asked, json={"events": [page_view()]}, headers={"origin": origin}, timeout=9)
        return answer.status_code, answer.text.replace(site, "NAME")

    for origin in ("https://evil.example", "null"):
        assert refused(SITE, origin) == refused("nowhere.example", origin)
    status, text = refused(SITE, "https://evil.example")
    assert status == 403
    assert "dogear site list" in text
    assert "--origin" in text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"https://{SITE}", 202),
        (f"https://WWW.{SITE}:8443", 202),
        ("null", 403),
        ("https://evil.example", 403),
        (f"https://{SITE}.evil.example", 403),
        (f"https://evil{SITE}", 403),
        (f"https://{SITE}@evil.example", 403),
        (f"https://evil.example@{SITE}", 403),
        (f"https://{SITE}/path", 403),
        (f"https://{SITE}, https://evil.example", 403),
        ("https://[::1", 403),
        ("x" * 5_000, 403),
        ("\xff\xfe", 403),
    ],
)
def test_whose_pages_may_send(collector: RunningCollector, origin: str, status: int):
    headers = {"origin": origin.encode("latin-1")}
    answer = collector.post({"events": [page_view()]}, headers=headers)
    assert answer.status_code == status, answer.text
    asked = requests.options(f"{collector.url}{PATH}", headers=headers, timeout=9)
    assert (asked.status_code, asked.headers["access-control-allow-headers"]) == (204, "content-type")


def test_the_first_of_two_names_counts_however_it_is_written(collector: RunningCollector):
    url = f"{collector.url}/api/analytics/ingest"
    for query in (f"site={SITE}&site=other.example", "site=example%2Eorg", f"a=b&site={SITE}", f"site={SITE}&"):
        assert requests.post(f"{url}?{query}", json={"events": [page_view()]}, timeout=9).status_code == 202, query
    second = requests.post(f"{url}?site=other.example&site={SITE}", json={"events": [page_view()]}, timeout=9)
    assert second.status_code == 403
