"""What passes through the proxy, each way, and what does not."""

import asyncio
from collections.abc import Iterator

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from serving.http import proxy as proxy_module
from serving.http.answers import Answers
from serving.http.errors import answer_problems
from serving.http.guard import Guard
from serving.http.proxy import Proxy
from serving.measures import REGISTRY
from serving.monitoring.dagster import dagster_routes
from serving.monitoring.requests import Measured
from tests.serving.collector.running import until
from tests.serving.served import served

ADMIN = {"Authorization": "admin"}
OPENED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "none"}
JSON = {"Content-Type": "application/json"}


async def echo(request: Request) -> Response:
    path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
    headers = {name: value for name, value in request.headers.items() if name != "user-agent"}
    return JSONResponse(
        {
            "method": request.method,
            "path": path,
            "query": query,
            "headers": headers,
            "body": (await request.body()).decode(),
        },
        headers={"Set-Cookie": "theirs=1", "Content-Security-Policy": "script-src 'nonce-1'"},
    )


async def log(_: Request) -> Response:
    """A log that grows: its first line comes, and no more until the reader has gone."""

    async def lines():
        yield b"first line\n"
        await asyncio.sleep(3600)

    return StreamingResponse(lines(), media_type="text/plain")


async def elsewhere(request: Request) -> Response:
    """A redirect as Starlette's router makes it: to the host that was asked."""
    return RedirectResponse(str(request.url.replace(path=request.query_params["to"], query="q=1")))


async def say_again(socket: WebSocket) -> None:
    await socket.accept("graphql-ws")
    async for said in socket.iter_text():
        await socket.send_text(f"{said}, again")


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    routes = [
        Route("/dagster/log", log),
        Route("/dagster/elsewhere", elsewhere),
        Route("/dagster/{path:path}", echo, methods=["GET", "POST"]),
        WebSocketRoute("/dagster/graphql", say_again),
    ]
    with served(Starlette(routes=routes)) as url:
        yield url.removeprefix("http://")


class Roles:
    """Who asks has the role that it names, until all are taken back."""

    def __init__(self) -> None:
        self.are_kept = True

    async def role_of(self, connection: HTTPConnection) -> str | None:
        return connection.headers.get("authorization") if self.are_kept else None


@pytest.fixture
def roles() -> Roles:
    return Roles()


def through(place: str, roles: Roles):
    from fastapi import FastAPI

    api = FastAPI(docs_url=None)
    answer_problems(api)
    api.include_router(dagster_routes(Proxy(place), roles.role_of))
    return served(Guard(Answers(Measured(api))))


@pytest.fixture
def url(upstream, roles) -> Iterator[str]:
    with through(upstream, roles) as url:
        yield url


def test_a_request_arrives_as_it_was_sent_without_what_is_ours_alone(url, upstream):
    sent = {
        **ADMIN,
        **JSON,
        "Cookie": "session=secret",
        "Origin": url,
        "Referer": f"{url}/dagster/runs",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": "192.0.2.1",
        "Apollo-Require-Preflight": "true",
    }
    answer = requests.post(f"{url}/dagster/a%2Fb%20c/é?q=1%2B1&q=2", data=b'{"x": 1}', headers=sent, timeout=10)
    arrived = answer.json()
    assert (arrived["method"], arrived["path"], arrived["query"], arrived["body"]) == (
        "POST",
        "/dagster/a%2Fb%20c/%C3%A9",
        "q=1%2B1&q=2",
        '{"x": 1}',
    )
    kept = arrived["headers"]
    assert (kept["host"], kept["apollo-require-preflight"]) == (upstream, "true")
    assert not kept.keys() & {"cookie", "authorization", "origin", "referer", "sec-fetch-site", "x-forwarded-for"}
    # Its own policy stays, since ours would not let its pages run; no frame shows it all the same.
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none', script-src 'nonce-1'"


def test_a_redirect_leads_to_the_same_path_behind_the_proxy(url):
    answer = requests.get(f"{url}/dagster/elsewhere?to=/dagster/runs", headers=ADMIN, timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "/dagster/runs?q=1")


def test_the_first_page_is_opened_without_a_slash_too(roles):
    app = Starlette(routes=[Mount("/dagster", Starlette(routes=[Route("/", echo)]))])
    with served(app) as place, through(place.removeprefix("http://"), roles) as url:
        assert requests.get(f"{url}/dagster", headers=ADMIN, timeout=10).url == f"{url}/dagster/"


def test_an_answer_comes_while_it_is_made(url):
    with requests.get(f"{url}/dagster/log", headers=ADMIN, stream=True, timeout=10) as answer:
        assert next(answer.iter_lines()) == b"first line"


@pytest.mark.parametrize("path", ["/dagster", "/dagster/", "/dagster/runs/1", "/dagster/graphql"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "owner", **OPENED}], ids=["a program", "an owner"])
def test_others_than_admins_see_what_they_see_of_any_path_that_there_is_not(url, headers, path):
    answer, nothing = (requests.get(url + it, headers=headers, timeout=10) for it in (path, "/nothing"))
    assert (answer.status_code, answer.json()) == (404, nothing.json())


def test_a_person_who_opens_it_is_asked_to_sign_in(url):
    answer = requests.get(f"{url}/dagster/runs?q=a%20b", headers=OPENED, timeout=10, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=%2Fdagster%2Fruns%3Fq%3Da%2520b")


def test_a_form_of_our_own_page_does_not_pass(url):
    assert requests.post(f"{url}/dagster/graphql", data={"query": "x"}, headers=ADMIN, timeout=10).status_code == 403


def test_what_does_not_answer_is_a_problem(roles):
    with through("127.0.0.1:9", roles) as url:
        answer = requests.get(f"{url}/dagster/", headers=ADMIN, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (502, "no_answer")


def socket_at(url: str, headers: dict[str, str]):
    address = f"{url.replace('http', 'ws')}/dagster/graphql"
    return connect(address, additional_headers=headers, subprotocols=["graphql-transport-ws", "graphql-ws"])  # type: ignore[arg-type]


def test_a_socket_passes_both_ways_in_the_protocol_that_was_agreed(url):
    with socket_at(url, ADMIN) as socket:
        assert socket.subprotocol == "graphql-ws"
        for said in ("once", "x" * 900_000):
            socket.send(said)
            assert socket.recv() == f"{said}, again"


def open_sockets() -> float:
    return REGISTRY.get_sample_value("dogear_sockets") or 0


def test_sockets_are_counted_while_they_are_open(url):
    with socket_at(url, ADMIN), socket_at(url, ADMIN):
        assert until(lambda: open_sockets() == 2)
    assert until(lambda: open_sockets() == 0)


@pytest.mark.parametrize("headers", [{}, {**ADMIN, "Origin": "https://evil.example"}], ids=["nobody", "another page"])
def test_a_socket_of_others_is_refused(url, headers):
    with pytest.raises(InvalidStatus) as refused, socket_at(url, headers):
        pass
    assert refused.value.response.status_code == 403


def test_a_socket_ends_once_its_admin_is_none(url, roles, monkeypatch):
    monkeypatch.setattr(proxy_module, "ASK_EVERY", 0.05)
    with socket_at(url, ADMIN) as socket:
        socket.send("once")
        socket.recv()
        roles.are_kept = False
        with pytest.raises(ConnectionClosed) as ended:
            socket.recv(timeout=10)
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 1008
