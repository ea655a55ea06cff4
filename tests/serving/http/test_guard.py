"""Who gets an answer through the guard, by what browsers and programs send."""

from collections.abc import Iterator

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from serving.http.guard import Guard
from tests.serving.served import served


async def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("for you")


async def page(request: Request) -> HTMLResponse:
    policies = {"Content-Security-Policy": "base-uri 'none'", "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse("a page", headers=policies)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server behind the guard, which people open as dogear.example too; /graphql acts by its query."""
    routes = [
        Route("/graphql", answer, methods=["GET", "POST", "PUT", "DELETE"]),
        Route("/sign-in", answer, methods=["POST"]),
        Route("/page", page),
        Route("/notebook", page),
    ]
    guard = Guard(Starlette(routes=routes), ["Dogear.example"], ["/graphql", "/notebook"], forms=["/sign-in"])
    with served(guard) as url:
        yield url


JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANSWERED = {
    "a program": ("POST", "/graphql", JSON),
    "a program by the name of the machine": ("POST", "/graphql", JSON | {"Host": "localhost:1"}),
    "a program by IPv6": ("POST", "/graphql", JSON | {"Host": "[::1]:3000"}),
    "our own page": ("POST", "/graphql", JSON | {"Origin": "{url}", "Sec-Fetch-Site": "same-origin"}),
    "our own page by its name": (
        "POST",
        "/graphql",
        JSON | {"Host": "dogear.example", "Origin": "https://dogear.example", "Sec-Fetch-Site": "same-origin"},
    ),
    "a program that deletes": ("DELETE", "/graphql", {}),
    "a form of our own page": ("POST", "/sign-in", FORM | {"Origin": "{url}"}),
    "the same from a browser that says more": ("POST", "/sign-in", FORM | {"Sec-Fetch-Site": "same-origin"}),
    "an address that was typed": ("GET", "/page", {"Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "document"}),
    "a link in a mail": (
        "GET",
        "/page",
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    ),
}
REFUSED = {
    "a name that leads here": ("GET", "/page", {"Host": "evil.example"}),
    "a name that leads here, of our own length": ("GET", "/page", {"Host": "dogear.example.evil.example"}),
    "a name beside ours": ("GET", "/page", {"Host": "dogear.example@evil.example"}),
    "no name": ("GET", "/page", {"Host": ""}),
    "an address for all": ("GET", "/page", {"Host": "0.0.0.0:3000"}),
    "IPv4 in IPv6": ("GET", "/page", {"Host": "[::ffff:127.0.0.1]:3000"}),
    "another address": ("GET", "/page", {"Host": "192.0.2.1:3000"}),
    "no address": ("GET", "/page", {"Host": "[::1"}),
    "two names": ("GET", "/page", {"Host": "127.0.0.1:3000, evil.example"}),
    "a name that ends early": ("GET", "/page", {"Host": "127.0.0.1/.evil.example"}),
    "no port": ("GET", "/page", {"Host": "127.0.0.1:evil.example"}),
    "a tab in a name": ("GET", "/page", {"Host": "local\thost"}),
    "a page of another scheme": ("POST", "/graphql", JSON | {"Host": "localhost:1", "Origin": "app://localhost:1"}),
    "no origin that could be read": ("POST", "/graphql", JSON | {"Origin": "http://[::1"}),
    "a link that acts, with a line break": ("GET", "/graphql%0A?query=mutation", {}),
    "a path with a line break": ("POST", "/graphql%0D%0A", JSON),
    "a page of another site": ("POST", "/graphql", JSON | {"Origin": "https://evil.example"}),
    "a page of another port": ("POST", "/graphql", JSON | {"Origin": "http://127.0.0.1:1"}),
    "a page without an origin": ("POST", "/graphql", JSON | {"Origin": "null"}),
    "a page that says nothing but where it is": ("POST", "/graphql", JSON | {"Sec-Fetch-Site": "same-site"}),
    "an image": ("GET", "/page", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}),
    "a frame": (
        "GET",
        "/page",
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ),
    "a link that acts": ("GET", "/graphql?query=mutation", {}),
    "a link that acts, with a slash": ("GET", "/graphql/?query=mutation", {}),
    "a link to a notebook, which is a page of ours with scripts of others": ("GET", "/notebook?path=/tmp/a.ipynb", {}),
    "a form": ("POST", "/graphql?query=mutation", FORM),
    "a form of our own page, where none is taken": ("POST", "/graphql", FORM | {"Origin": "{url}"}),
    "a form of another page": ("POST", "/sign-in", FORM | {"Origin": "https://evil.example"}),
    "a form of a page that hides where it is": ("POST", "/sign-in", FORM | {"Origin": "null"}),
    "a form that says not where it comes from": ("POST", "/sign-in", FORM),
    "a form with files": ("POST", "/sign-in", {"Origin": "{url}", "Content-Type": "multipart/form-data; boundary=x"}),
    "a form that deletes": ("DELETE", "/graphql", FORM),
    "a form of text": ("POST", "/graphql", {"Content-Type": "text/plain; application/json"}),
    "no type": ("PUT", "/graphql", {}),
}


def ask(url: str, method: str, path: str, headers: dict[str, str]) -> requests.Response:
    said = {name: value.format(url=url) for name, value in headers.items()}
    return requests.request(method, url + path, headers=said, timeout=10, allow_redirects=False)


@pytest.mark.parametrize("case", ANSWERED)
def test_people_and_programs_are_answered(url, case):
    assert ask(url, *ANSWERED[case]).status_code == 200


@pytest.mark.parametrize("case", REFUSED)
def test_pages_of_others_are_not(url, case):
    refused = ask(url, *REFUSED[case])
    assert refused.status_code == 403
    assert refused.json()["title"] == "Forbidden"
    assert "for you" not in refused.text
    assert refused.headers["X-Frame-Options"] == "DENY"


def test_no_frame_shows_an_answer_and_its_own_policy_stays(url):
    headers = requests.get(f"{url}/page", timeout=10).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none', base-uri 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
