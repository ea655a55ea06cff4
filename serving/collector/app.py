"""The collector over ASGI: requests with events go straight to it, all others to FastAPI."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from typing import Any, Protocol

from serving.collector.answers import Answer
from serving.collector.batch import Kind
from serving.collector.bodies import ClientGoneError, Receive
from serving.collector.ingest import KINDS, Collector
from serving.http.failures import log_failure
from serving.http.headers import Headers, joined
from serving.http.problems import CONTENT_TYPE, problem

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
FAILED = Answer(500, problem(500, "This went wrong here. Send it again later: what is kept counts once."))
ANYBODY = (b"access-control-allow-origin", b"*")
NO_SNIFFING = (b"x-content-type-options", b"nosniff")
HEALTH = "/health"
log = logging.getLogger("dogear.collector")
PREFLIGHT = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]


class Opens(Protocol):
    """Creates the collector when the server starts, and closes it with the stack."""

    async def __call__(self, stack: AsyncExitStack) -> Collector: ...


class CollectorApp:
    """An ASGI application. ``collector`` exists between the lifespan's start and its end."""

    def __init__(self, opens: Opens, others: Asgi) -> None:
        self.collector: Collector | None = None
        self._opens = opens
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            kind = KINDS.get(scope["path"])
            if kind is not None:
                await self.answer(kind, scope, receive, send)
                return
        elif scope["type"] == "lifespan":
            await self.lifespan(receive, send)
            return
        await self.answer_other(scope, receive, send)

    async def answer(self, kind: Kind, scope: Scope, receive: Receive, send: Send) -> None:
        headers = joined(scope["headers"])
        if scope["method"] == "POST":
            try:
                assert self.collector is not None
                answer = await self.collector.collect(kind, scope, headers, receive)
            except ClientGoneError:
                return
            except Exception as error:
                log_failure(log, "A request", error)
                answer = FAILED
            await respond(send, answer, headers)
        elif scope["method"] == "OPTIONS":
            await respond(send, Answer(204), headers, PREFLIGHT)
        else:
            wrong = Answer(405, problem(405, "Events are sent by POST."))
            await respond(send, wrong, headers, [(b"allow", b"POST, OPTIONS")])

    async def answer_other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by FastAPI. Pages of any site may read what is the same for everyone, but not our health.

        HEAD is answered like GET; the server leaves the body out.
        """
        more = [NO_SNIFFING] if scope["path"] == HEALTH else [NO_SNIFFING, ANYBODY]

        async def send_with_more(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *more]
            await send(message)

        if scope.get("method") == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._others(scope, receive, send_with_more)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await receive()
            try:
                self.collector = await self._opens(stack)
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def respond(send: Send, answer: Answer, headers: Headers, more: list[tuple[bytes, bytes]] | None = None) -> None:
    """Send the answer. Pages of other hosts may read it; which of them may send at all was decided before."""
    out: list[tuple[bytes, bytes]] = [NO_SNIFFING]
    if answer.body:
        out.append((b"content-type", b"application/json" if answer.status < 400 else CONTENT_TYPE))
    if origin := headers.get(b"origin"):
        out += [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
    if answer.retry_after is not None:
        out.append((b"retry-after", str(answer.retry_after).encode()))
        out.append((b"access-control-expose-headers", b"retry-after"))
    await send({"type": "http.response.start", "status": answer.status, "headers": [*out, *(more or [])]})
    await send({"type": "http.response.body", "body": answer.body})
