"""The guard before every page of ours that acts for the person who opens it: no other page may use it.

A browser sends requests for any page that it shows, to any address that its machine reaches, loopback too. So a request
must have one of our names as its host (a page whose own name leads to our address sends that name), and come from a
page of ours, from a person who typed the address, or from a program that is no browser.
https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site says what browsers add.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

from serving.http.problems import CONTENT_TYPE, problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A name or an address, and a port (RFC 9110, 7.2): nothing before it, and nothing after.
HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{1,5})?", re.IGNORECASE)
READING = frozenset({"GET", "HEAD"})
FROM_US = frozenset({"same-origin", "none"})
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
NO_FRAMES = [(b"x-frame-options", b"DENY"), (b"content-security-policy", b"frame-ancestors 'none'")]
HEADERS = [
    *NO_FRAMES,
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Guard:
    """An ASGI application before another one.

    ``names`` are the names and addresses under which people open it, besides the machine's own; the variable
    ``setting`` holds them. Any other is refused: to addresses such as 0.0.0.0 browsers send requests without an origin.
    Paths of ``acting`` do what their query says: they accept only POST, so that no link and no image acts. Paths of
    ``forms`` take forms, from our own pages alone; what is behind them checks the token in the form.
    """

    def __init__(
        self,
        app: Asgi,
        names: Collection[str] = (),
        acting: Collection[str] = (),
        *,
        forms: Collection[str] = (),
        setting: str = "DOGEAR_UI_HOSTS",
    ) -> None:
        self._app = app
        self._names = LOOPBACK | {name.lower() for name in names}
        self._acting = frozenset(acting)
        self._forms = frozenset(forms)
        self._setting = setting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self.refusal(scope)
        if refusal is None:
            await self._app(scope, receive, guarded(send))
        elif scope["type"] == "websocket":
            # Before it is accepted, which the server answers with 403.
            await send({"type": "websocket.close", "code": 1008, "reason": refusal})
        else:
            body = problem(403, refusal)
            start = {"type": "http.response.start", "status": 403, "headers": [(b"content-type", CONTENT_TYPE)]}
            await guarded(send)(start)
            await send({"type": "http.response.body", "body": body})

    def refusal(self, scope: Scope) -> str | None:
        """Return why a request is not answered; None if it is."""
        # The values of a repeated header are joined, which gives no valid host and no valid origin.
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        host = headers.get("host", "").lower()
        if host_of(host) not in self._names:
            return f"This host name is not ours; {self._setting} names those under which people open this page."
        if "origin" in headers and headers["origin"].lower() not in {f"http://{host}", f"https://{host}"}:
            return "A page of another origin asked for this."
        # Routes ignore a line break at the end of a path.
        if not scope["path"].isprintable():
            return "No path of ours has such letters."
        if scope["type"] == "websocket":
            return None
        return self.refusal_of_request(scope, headers)

    def refusal_of_request(self, scope: Scope, headers: Mapping[str, str]) -> str | None:
        """Return the same for what HTTP alone says."""
        reads = scope["method"] in READING
        opens_page = (
            reads and headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        )
        if headers.get("sec-fetch-site", "none") not in FROM_US and not opens_page:
            return "A page of another site asked for this."
        if headers.get("sec-fetch-dest") in {"iframe", "frame", "embed", "object"}:
            return "This page is shown in no frame."
        if reads and scope["path"].rstrip("/") in self._acting and scope["query_string"]:
            return "This is asked by POST alone."
        return None if reads else self.refusal_of_body(scope, headers)

    def refusal_of_body(self, scope: Scope, headers: Mapping[str, str]) -> str | None:
        """Return the same for what its type says: a page of another site may send only some, without being asked."""
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        # Browsers ask first (CORS) whether they may send this type, or this method.
        if content_type == JSON or (scope["method"] == "DELETE" and not content_type):
            return None
        if scope["path"] not in self._forms or content_type != FORM:
            return f"Content-Type must be {JSON}."
        # Browsers say where a form comes from; that an origin is ours was checked before.
        if "origin" in headers or headers.get("sec-fetch-site") == "same-origin":
            return None
        return "This form is sent from its own page alone."


def host_of(host: str) -> str | None:
    """Return the name or address of a Host header, without its port; None if it has none."""
    found = HOST.fullmatch(host)
    return found and (found[1] or found[2])


def guarded(send: Send) -> Send:
    """Return ``send``, with the headers that keep the answer from pages of others."""

    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            policies = [value for name, value in message["headers"] if name.lower() == b"content-security-policy"]
            message["headers"] = [
                *(header for header in message["headers"] if header[0].lower() not in {name for name, _ in HEADERS}),
                *HEADERS,
                *((b"content-security-policy", policy) for policy in policies),
            ]
        await send(message)

    return send_guarded
