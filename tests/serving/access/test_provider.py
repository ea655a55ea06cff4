"""Signing in by an OpenID provider: a small one that runs, with a key of its own, honest or not."""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import psycopg
import pytest
import requests
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from orchestration.access.accounts import add_account
from orchestration.errors import DogearError
from orchestration.settings import Settings
from serving.access import few_at_once
from serving.access import provider as provider_module
from serving.access.provider import Provider, Visit
from tests.serving.access.conftest import as_web
from tests.serving.access.served import Browser, serve

CLIENT, CLIENT_SECRET = "dogear", "a secret of the client"
BACK = "/sign-in/provider/back"


@dataclass
class SmallProvider:
    """Signs ``claims`` in for each code; ``sign`` makes a token of them."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    nonce: str = ""
    sign: Callable[["SmallProvider", dict[str, Any]], str] | None = None

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.url, **{name: f"{self.url}/{it}" for name, it in paths.items()}}
        return {"keys": [self.key.as_dict(private=False)]}

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        self.asked.append(asked)
        now = int(time.time())
        ours = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": self.nonce, **self.claims}
        signed = self.sign(self, ours) if self.sign else jwt.encode({"alg": "RS256", "kid": "1"}, ours, self.key)
        return {"access_token": "not used", "token_type": "Bearer", "id_token": signed}


@pytest.fixture(scope="module")
def running() -> Iterator[SmallProvider]:
    provider = SmallProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(provider.answer(self.path))

        def do_POST(self) -> None:
            self.reply(provider.token(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))))

        def reply(self, said: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield provider
    server.shutdown()


@pytest.fixture(scope="module")
def url(running: SmallProvider, owner_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", as_web(owner_url))
        patch.setenv("DOGEAR_OIDC_ISSUER", running.url)
        patch.setenv("DOGEAR_OIDC_CLIENT_ID", CLIENT)
        patch.setenv("DOGEAR_OIDC_CLIENT_SECRET", CLIENT_SECRET)
        settings = Settings(home=tmp_path_factory.mktemp("home"))
    with serve(settings) as url:
        yield url


@pytest.fixture
def provider(running: SmallProvider, owner_url: str, operator: psycopg.Connection) -> SmallProvider:
    """The provider, and an account that it may sign in."""
    add_account(owner_url, "ada@example.org", "owner", ["ada"], oidc_issuer=running.url)
    running.claims = {"sub": "1", "email": "Ada@example.org", "email_verified": True}
    running.sign = None
    return running


def sent_there(browser: Browser, provider: SmallProvider, wanted: str = "") -> dict[str, str]:
    """What the browser takes to the provider."""
    answer = browser.get(f"/sign-in/provider?next={wanted}", allow_redirects=False)
    assert answer.status_code == 303, answer.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    provider.nonce = asked["nonce"]
    return asked


def come_back(browser: Browser, state: str) -> requests.Response:
    return browser.get(f"{BACK}?code=a-code&state={state}", allow_redirects=False)


def test_who_has_an_account_is_signed_in(url, provider):
    browser = Browser(url)
    assert f"Sign in by {urlsplit(provider.url).hostname}" in browser.get("/sign-in").text
    asked = sent_there(browser, provider, "/docs")
    assert asked["redirect_uri"] == url + BACK
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    answer = come_back(browser, asked["state"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/docs")
    assert provider.asked[-1]["code_verifier"] not in asked.values()
    assert browser.get("/api/v1/me").json()["name"] == "ada@example.org"


def refused(url: str, provider: SmallProvider) -> int:
    """The status of a sign-in that begins and ends in one browser, and gives no session."""
    browser = Browser(url)
    answer = come_back(browser, sent_there(browser, provider)["state"])
    assert browser.get("/api/v1/me").status_code == 401
    return answer.status_code


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@example.org"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": None},
    ],
)
def test_who_has_none_is_not(url, provider, claims):
    provider.claims |= claims
    assert refused(url, provider) == 403


def test_an_account_that_no_admin_opened_to_the_provider_is_not(url, provider, owner_url):
    add_account(owner_url, "root@example.org", "admin")
    provider.claims |= {"email": "root@example.org"}
    assert refused(url, provider) == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"aud": "somebody else"},
        {"aud": [CLIENT, "somebody else"], "azp": "somebody else"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"iat": 2**31},
        {"sub": None},
    ],
)
def test_a_token_for_something_else_signs_nobody_in(url, provider, claims):
    provider.claims |= claims
    assert refused(url, provider) == 502


def unsigned(provider: SmallProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "none"}, claims, provider.key, algorithms=["none"])


def signed_with_what_everybody_knows(provider: SmallProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(provider.key.as_pem(private=False)))


def signed_by_somebody_else(_: SmallProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "1"}, claims, RSAKey.generate_key(2048, {"kid": "1"}))


@pytest.mark.filterwarnings("ignore:JWS algorithm .none. is deprecated")
@pytest.mark.parametrize("sign", [unsigned, signed_with_what_everybody_knows, signed_by_somebody_else])
def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(url, provider, sign):
    provider.sign = sign
    assert refused(url, provider) == 502


def test_an_answer_is_for_the_browser_that_was_sent_there_and_for_once(url, provider):
    browser, other = Browser(url), Browser(url)
    state = sent_there(browser, provider)["state"]
    assert come_back(other, state).status_code == 403
    assert come_back(browser, "another").status_code == 403
    assert come_back(browser, state).status_code == 303
    assert come_back(browser, state).status_code == 403


def test_without_a_provider_there_is_no_such_page(served):
    for path in ("/sign-in/provider", BACK):
        assert requests.get(served + path, timeout=10).status_code == 404


def test_a_provider_that_cannot_be_asked_is_said_to_be_silent(owner_url, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", as_web(owner_url))
    for name, value in (("ISSUER", "http://127.0.0.1:1"), ("CLIENT_ID", CLIENT), ("CLIENT_SECRET", CLIENT_SECRET)):
        monkeypatch.setenv(f"DOGEAR_OIDC_{name}", value)
    with serve(Settings(home=tmp_path)) as url:
        answer = requests.get(f"{url}/sign-in/provider", timeout=10)
    assert answer.status_code == 502
    assert "does not answer as it should" in answer.text


def test_a_provider_is_asked_over_https():
    with pytest.raises(DogearError, match="https"):
        Provider("http://id.example", CLIENT, CLIENT_SECRET)


def test_what_a_cookie_holds_that_is_none_of_ours():
    for cookie in (None, "", "zz", "5b5d", "7b7d", "31"):
        assert Visit.of(cookie) is None


def test_a_provider_that_keeps_silent_keeps_few_waiting(
    owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(provider_module, "TIMEOUT", 0.7)
    monkeypatch.setattr(few_at_once, "MOST_WAITING", 1)
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        monkeypatch.setenv("DATABASE_URL", as_web(owner_url))
        settings = Settings(
            home=tmp_path,
            oidc_issuer=f"http://127.0.0.1:{silent.getsockname()[1]}",
            oidc_client_id=CLIENT,
            oidc_client_secret=SecretStr(CLIENT_SECRET),
        )
        with serve(settings) as url, ThreadPoolExecutor(10) as many:
            answers = many.map(lambda _: requests.get(f"{url}/sign-in/provider", timeout=60).status_code, range(10))
            found = Counter(answers)
    # Four ask it and one waits at any time; what came besides was answered at once.
    assert found.keys() == {502, 503}
    assert found[503] >= 3
