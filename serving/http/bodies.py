"""Bodies of requests: how large they may be, how long they may take, and how much of them is held at once.

They are read before anybody knows who sends them.
"""

import asyncio

from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.http.problems import CONTENT_TYPE, ProblemError

LARGEST_BODY = 1_000_000
LONGEST_WAIT = 30.0  # seconds
MOST_HELD = 64 * 2**20
# Each that is waited for counts as this much besides: the server takes some thousand requests at once, and slow bodies
# must leave most of them to others.
EACH = 2**18
GONE: Message = {"type": "http.disconnect"}


class BoundedBodies:
    """An ASGI application before another one. Whatever that makes of a refused body, the answer is ours."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self.held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(self, scope, receive)
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
        finally:
            self.held -= body.size
        if body.refusal is not None and not has_started:
            await answer(body.refusal, send)


class _Body:
    """What arrived of one body; ``size`` is what it counts as."""

    def __init__(self, bodies: BoundedBodies, scope: Scope, receive: Receive) -> None:
        self._bodies, self._receive = bodies, receive
        self._deadline = asyncio.get_running_loop().time() + LONGEST_WAIT
        self._is_whole = False
        self.size = 0
        self.refusal: ProblemError | None = None
        said = {name: value for name, value in scope["headers"] if name in {b"content-length", b"transfer-encoding"}}
        length = said.get(b"content-length", b"")
        self._waiting = EACH if said else 0
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
        self._hold(len(message.get("body", b"")))
        if self.size - self._waiting > LARGEST_BODY:
            self.refusal = too_large()
        elif self._is_whole:
            self._hold(-self._waiting)
            self._waiting = 0
        return GONE if self.refusal else message

    def _hold(self, size: int) -> None:
        self.size += size
        self._bodies.held += size
        if size > 0 and self._bodies.held > MOST_HELD:
            self.refusal = ProblemError(503, "Too much comes in just now.", headers={"Retry-After": "5"})


def too_large() -> ProblemError:
    return ProblemError(413, f"A body may have {LARGEST_BODY:,} bytes.")


async def answer(refusal: ProblemError, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in (refusal.headers or {}).items()]
    # Nobody waits for the rest of it.
    ours = [(b"content-type", CONTENT_TYPE), (b"connection", b"close")]
    start = {"status": refusal.status, "headers": [*ours, *headers]}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": refusal.body})
