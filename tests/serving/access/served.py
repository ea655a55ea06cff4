"""The routes of access behind the guard, over HTTP, and a browser that fills in their forms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin

import requests
from fastapi import FastAPI

from orchestration.settings import Settings
from serving.access.routes import add_access
from serving.http.bodies import BoundedBodies, in_flight_of_pages
from serving.http.client_address import ClientAddress, trusted_networks
from serving.http.errors import answer_problems
from serving.http.guard import Guard
from tests.serving.served import served

FORMS = ("/sign-in", "/sign-in/link", "/sign-out", "/account")
PATIENCE = 30
# As a proxy with a certificate says it.
HTTPS = {"X-Forwarded-Proto": "https"}


def make_app(settings: Settings) -> Guard:
    app = FastAPI(openapi_url="/openapi.json", docs_url=None, redoc_url=None)
    answer_problems(app)
    add_access(app, settings)
    # Behind a proxy on this machine, which says whose request it passes on.
    addresses = ClientAddress(trusted_networks("127.0.0.1"))
    return Guard(BoundedBodies(app, in_flight_of_pages(0), addresses), forms=FORMS)


@contextmanager
def serve(settings: Settings) -> Iterator[str]:
    """Serve until the block ends; yields the URL."""
    with served(make_app(settings)) as url:
        yield url


def field_of(text: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, text
    return unescape(found[1])


@dataclass
class Browser:
    """Keeps cookies, follows redirects to our own host, and sends forms as browsers do."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **more: Any) -> requests.Response:
        return self.session.get(urljoin(self.url, path), timeout=PATIENCE, **more)

    def form(self, page: str, path: str | None = None, **fields: Any) -> requests.Response:
        """Open a page and send its form to ``path``, where it redirects to nowhere yet."""
        token = field_of(self.get(page).text, "csrf")
        return self.send(path or page.partition("?")[0], csrf=token, **fields)

    def send(self, path: str, **fields: Any) -> requests.Response:
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        data = {name.rstrip("_"): value for name, value in fields.items()}
        return self.session.post(
            urljoin(self.url, path), data=data, headers=headers, timeout=PATIENCE, allow_redirects=False
        )

    def sign_in(self, name: str, password: str, **more: str) -> requests.Response:
        return self.form("/sign-in", name=name, password=password, **more)

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """Ask the API as a page's script would, with the token that a session needs."""
        token = self.get("/api/v1/me").json().get("csrf_token")
        said = {"X-CSRF-Token": token} if token else {}
        return self.session.request(
            method, f"{self.url}/api/v1{path}", json=body, headers={**said, **headers}, timeout=PATIENCE
        )


def ask(url: str, key: str, method: str, path: str, body: Any = None) -> requests.Response:
    """Ask the API as a program does."""
    headers = {"Authorization": f"Bearer {key}"}
    return requests.request(method, f"{url}/api/v1{path}", json=body, headers=headers, timeout=PATIENCE)
