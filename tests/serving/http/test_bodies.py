"""Bodies that are too large, too slow or too many: refused before anything is made of them, whatever reads them."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import aiohttp
import pytest
import requests
from fastapi import FastAPI, Request, WebSocket
from pydantic import BaseModel

from serving.http import bodies as bodies_module
from serving.http.answers import Answers
from serving.http.bodies import WAITING, BoundedBodies, in_flight_of_pages
from serving.http.client_address import ClientAddress, trusted_networks
from serving.http.errors import answer_problems
from serving.http.in_flight import EACH, LARGEST_BODY, InFlight
from tests.serving.collector.running import until
from tests.serving.served import served

JSON = {"Content-Type": "application/json"}


class Name(BaseModel):
    name: str


def make_api() -> FastAPI:
    api = FastAPI()
    answer_problems(api)

    @api.post("/typed")
    def typed(name: Name) -> int:
        return len(name.name)

    @api.post("/streamed")
    async def streamed(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @api.post("/unread")
    def unread() -> str:
        return "not looked at"

    @api.websocket("/socket")
    async def socket_of_ours(socket: WebSocket) -> None:
        await socket.accept()
        await socket.receive()

    return api


@pytest.fixture
def in_flight() -> InFlight:
    return in_flight_of_pages(0)


@pytest.fixture
def url(in_flight: InFlight) -> Iterator[str]:
    with served(Answers(BoundedBodies(make_api(), in_flight, ClientAddress(())))) as url:
        yield url


def outcome(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def body_of(size: int) -> bytes:
    return b'{"name": "%b"}' % (b"x" * (size - 12))


@pytest.mark.parametrize("path", ["/typed", "/streamed", "/unread"])
def test_a_large_body_is_refused_whether_its_length_is_said_or_not(url: str, in_flight: InFlight, path: str):
    for data in (body_of(LARGEST_BODY + 1), iter([body_of(LARGEST_BODY), b" "])):
        answer = requests.post(url + path, data=data, headers=JSON, timeout=10)
        if path == "/unread" and answer.ok:
            continue  # nobody looked at it
        assert outcome(answer) == (413, "too_large")
    assert requests.post(url + path, data=body_of(LARGEST_BODY), headers=JSON, timeout=10).ok
    assert until(lambda: in_flight.total == 0)


def begun(url: str, path: str, sent: bytes) -> socket.socket:
    """A connection on which a body has begun, and does not go on."""
    host = urlsplit(url)
    connection = socket.create_connection((host.hostname, host.port))
    head = [f"POST {path} HTTP/1.1", f"Host: {host.netloc}", "Content-Type: application/json", "Content-Length: 900000"]
    connection.sendall("\r\n".join([*head, "", ""]).encode() + sent)
    connection.settimeout(10)
    return connection


@pytest.mark.parametrize("path", ["/typed", "/streamed"])
def test_a_slow_body_is_given_up(url: str, in_flight: InFlight, path: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bodies_module, "LONGEST_WAIT", 0.2)
    with begun(url, path, b'{"name": "') as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")
    assert until(lambda: in_flight.total == 0)


def test_what_is_held_of_all_bodies_is_bounded(url: str, in_flight: InFlight, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(in_flight, "_most", 2_050_000)
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(begun(url, "/typed", b"x" * 700_000))
        assert until(lambda: in_flight.total == 1_400_000 + 2 * (EACH + WAITING))
        answer = requests.post(f"{url}/typed", data=body_of(200_000), headers=JSON, timeout=10)
        assert outcome(answer) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "5"
    assert until(lambda: in_flight.total == 0)
    assert requests.post(f"{url}/typed", data=body_of(200_000), headers=JSON, timeout=10).json() == 199_988


def test_slow_bodies_leave_requests_to_others(url: str, in_flight: InFlight):
    with ExitStack() as stack:
        held = [stack.enter_context(begun(url, "/typed", b"{")) for _ in range(260)]
        assert until(lambda: in_flight.total > 226 * (EACH + WAITING))
        assert requests.get(f"{url}/openapi.json", timeout=10).ok
        assert outcome(requests.post(f"{url}/typed", data=b"{}", headers=JSON, timeout=10)) == (503, "unavailable")
        # The last ones were not waited for.
        assert held[-1].recv(4096).startswith(b"HTTP/1.1 503 ")
    assert until(lambda: in_flight.total == 0)


def posted(url: str, source: str = "127.0.0.1", forwarded: str | None = None) -> int:
    """The status of a small body from an address of this machine, or from a proxy there that names another."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10, source_address=(source, 0))
    with closing(connection):
        headers = JSON if forwarded is None else JSON | {"X-Forwarded-For": forwarded}
        connection.request("POST", "/typed", b'{"name": "a"}', headers)
        return connection.getresponse().status


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of this machine on Linux alone")
def test_who_sends_slowly_leaves_room_to_everybody_else():
    in_flight = in_flight_of_pages(2)
    addresses = ClientAddress(trusted_networks("127.0.0.3"))
    with served(Answers(BoundedBodies(make_api(), in_flight, addresses))) as url:
        with begun(url, "/typed", b"x" * 899_999):
            assert until(lambda: in_flight.total > 900_000)
            assert posted(url) == 429
            assert posted(url, forwarded="203.0.113.9") == 429, "anybody may write that"
            assert posted(url, "127.0.0.2") == 200
            assert posted(url, "127.0.0.3", "203.0.113.9") == 200, "behind a proxy that is trusted"
            assert posted(url, "127.0.0.3", "127.0.0.1") == 429, "the same client, behind it"
        assert until(lambda: in_flight.total == 0)
        assert in_flight.busy == set()
        assert posted(url) == 200


def test_an_open_socket_is_a_request_under_way():
    """So it is not closed as a connection that waits for nothing, and one client holds so many and no more."""
    in_flight = InFlight(1, largest=0)

    async def opened(url: str) -> None:
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(f"{url}/socket"):
                assert [peer and peer[0] for peer in in_flight.busy] == ["127.0.0.1"]
                with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                    await session.ws_connect(f"{url}/socket")
                assert refused.value.status == 403
            assert await asyncio.to_thread(until, lambda: not in_flight.busy)
            async with session.ws_connect(f"{url}/socket"):
                pass

    with served(Answers(BoundedBodies(make_api(), in_flight, ClientAddress(())))) as url:
        asyncio.run(opened(url))
