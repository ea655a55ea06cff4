"""What every answer of the web process has: an id, the headers that keep it safe, and no traceback."""

import logging
import re
import secrets
from dataclasses import dataclass

from serving.http.failures import log_failure
from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.http.problems import CONTENT_TYPE, problem

log = logging.getLogger("dogear.web")

REQUEST_ID = b"x-request-id"
# Where the scope holds it.
REQUEST = "dogear.request"
# One that a proxy made is kept, if it cannot be anything else.
GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
# Pages of ours hold no script and no style of their own, and load nothing from elsewhere.
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'"
)
DEFAULTS = [
    (b"content-security-policy", POLICY),
    # Not no-referrer: with that, browsers hide the origin of our own forms from the guard.
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]


@dataclass
class Request:
    """A request as the log has it."""

    request_id: str
    is_logged: bool = False


class Answers:
    """An ASGI application before another one. An answer's own headers count, these are for what it leaves open."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = id_of(scope)
        # The server leaves the body of HEAD out.
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        inner = {**scope, "method": method, REQUEST: Request(request_id.decode())}
        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                own = {name.lower() for name, _ in message["headers"]}
                more = [header for header in DEFAULTS if header[0] not in own]
                message["headers"] = [*message["headers"], *more, (REQUEST_ID, request_id)]
            await send(message)

        try:
            await self._app(inner, receive, send_with_headers)
        except Exception as error:
            log_once(inner, error)
            if not has_started:
                await send_with_headers(
                    {"type": "http.response.start", "status": 500, "headers": [(b"content-type", CONTENT_TYPE)]}
                )
                await send({"type": "http.response.body", "body": problem(500, "This went wrong here.")})


def id_of(scope: Scope) -> bytes:
    """Return the id of a request: the one that it has, else a new one."""
    given = next((value for name, value in scope["headers"] if name.lower() == REQUEST_ID), b"")
    return given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8).encode()


def log_once(scope: Scope, error: Exception) -> None:
    """Log a failure under the id of the request, unless that was done: before it is answered, if possible."""
    request: Request = scope[REQUEST]
    if not request.is_logged:
        request.is_logged = True
        log_failure(log, f"Request {request.request_id}", error)
