"""Requests and their bodies: whose they are, how many of one client, how large, how slow, and how much is held at once.

All of it is decided before anybody knows who sends them.
"""

import asyncio
from contextlib import ExitStack

from serving.http.client_address import ClientAddress
from serving.http.clients import CLIENT, client_of
from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.http.headers import Headers, joined
from serving.http.in_flight import LARGEST_BODY, Held, InFlight
from serving.http.problems import CONTENT_TYPE, ProblemError

LONGEST_WAIT = 30.0  # seconds
MOST_HELD = 64 * 2**20
# Each that is waited for counts as this much besides: the server takes some thousand requests at once, and slow bodies
# must leave most of them to others.
WAITING = 2**18
GONE: Message = {"type": "http.disconnect"}


def in_flight_of_pages(most_requests: int) -> InFlight:
    """Return what counts the requests of the web process; ``most_requests`` of one client, 0 for no limit."""
    return InFlight(most_requests, MOST_HELD, LARGEST_BODY + WAITING)


class BoundedBodies:
    """An ASGI application before another one. Whatever that makes of a refused body, the answer is ours."""

    def __init__(self, app: Asgi, in_flight: InFlight, addresses: ClientAddress) -> None:
        self._app, self._in_flight, self._addresses = app, in_flight, addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = joined(scope["headers"])
        host, port = scope.get("client") or ("", 0)
        client = client_of(self._addresses.of(host, headers) or "")
        scope[CLIENT] = client
        with ExitStack() as stack:
            try:
                held = stack.enter_context(self._in_flight.request(client, (host, str(port))))
            except ProblemError as refusal:
                await refuse(scope, refusal, send)
                return
            if scope["type"] == "websocket":
                await self._app(scope, receive, send)
            else:
                await self._answer(_Body(held, headers, receive), scope, send)

    async def _answer(self, body: "_Body", scope: Scope, send: Send) -> None:
        has_started = False

        async def send_unless_refused(message: Message) -> None:
            nonlocal has_started
            if body.refusal is None or has_started:
                has_started = True
                await send(message)

        try:
            if body.refusal is None:
                await self._app(scope, body.receive, send_unless_refused)
        except Exception:
            if body.refusal is None:
                raise
        if body.refusal is not None and not has_started:
            await refuse(scope, body.refusal, send)


class _Body:
    """What arrived of one body; ``held`` counts it."""

    def __init__(self, held: Held, headers: Headers, receive: Receive) -> None:
        self._held, self._receive = held, receive
        self._deadline = asyncio.get_running_loop().time() + LONGEST_WAIT
        self._size = 0
        self._is_whole = False
        self.refusal: ProblemError | None = None
        length = headers.get(b"content-length", b"")
        self._waiting = WAITING if length or b"transfer-encoding" in headers else 0
        self._hold(self._waiting)
        if length.isdigit() and int(length[:12]) > LARGEST_BODY:
            self.refusal = too_large()

    async def receive(self) -> Message:
        """Return the next part; once it is refused, that the client has gone."""
        if self._is_whole or self.refusal:
            return GONE if self.refusal else await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            self.refusal = ProblemError(408, f"The body did not arrive within {LONGEST_WAIT:.0f} seconds.")
            return GONE
        self._is_whole = not message.get("more_body")
        self._size += len(message.get("body", b""))
        if self._size > LARGEST_BODY:
            self.refusal = too_large()
        else:
            self._hold(len(message.get("body", b"")))
        if self._is_whole and self.refusal is None:
            self._held.less(self._waiting)
        return GONE if self.refusal else message

    def _hold(self, size: int) -> None:
        try:
            self._held.add(size)
        except ProblemError as refusal:
            self.refusal = refusal


def too_large() -> ProblemError:
    return ProblemError(413, f"A body may have {LARGEST_BODY:,} bytes.")


async def refuse(scope: Scope, refusal: ProblemError, send: Send) -> None:
    if scope["type"] == "websocket":
        # Before it is accepted, which the server answers with 403.
        await send({"type": "websocket.close", "code": 1013, "reason": str(refusal)})
        return
    headers = [(name.lower().encode(), value.encode()) for name, value in (refusal.headers or {}).items()]
    # Nobody waits for the rest of it.
    ours = [(b"content-type", CONTENT_TYPE), (b"connection", b"close")]
    start = {"status": refusal.status, "headers": [*ours, *headers]}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": refusal.body})
