"""A server on loopback, reached through ours: its pages, its answers and its WebSockets.

The guard and the sign-in are before us. What is for us alone (cookies, keys, where a page comes from) is not passed on.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from serving.http.problems import ProblemError

if TYPE_CHECKING:
    from aiohttp import ClientSession, ClientWebSocketResponse

# RFC 9110, 7.6.1; each sender says the length itself.
HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te"),
        *("trailer", "transfer-encoding", "upgrade"),
    }
)
OURS_ALONE = frozenset(
    {"host", "origin", "referer", "cookie", "authorization", "forwarded", "content-length", "expect"}
)
CONNECT_SECONDS = 5
# How often it is asked again whether a socket may stay open: who signed out, or lost a right, keeps none.
ASK_EVERY = 30.0
POLICY_VIOLATION, GOING_AWAY = 1008, 1001


class Proxy:
    """``place`` (host:port) is whom we ask, under the same paths."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._session: ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _client(self) -> "ClientSession":
        """Return the client, made when it is first needed: most installations open no such page for days."""
        if self._session is None:
            from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

            # What it sends compressed goes on so. No whole answer has a time: some are logs that grow.
            self._session = ClientSession(
                auto_decompress=False,
                cookie_jar=DummyCookieJar(),
                timeout=ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            )
        return self._session

    def _url(self, scheme: str, scope: Any) -> Any:
        """Return the URL with path and query as they were sent."""
        from yarl import URL

        path = scope["raw_path"].decode("latin-1").partition("?")[0]
        query = scope["query_string"].decode("latin-1")
        return URL(f"{scheme}://{self._place}{path}{f'?{query}' if query else ''}", encoded=True)

    async def answer(self, request: Request) -> Response:
        """Pass a request on, and the answer back while it comes. Raises ProblemError if there is no answer."""
        from aiohttp import ClientError

        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        try:
            found = await self._client().request(
                request.method,
                self._url("http", request.scope),
                headers=[pair for pair in request.headers.items() if is_passed_on(pair[0])],
                data=request.stream() if has_body else None,
                allow_redirects=False,
            )
        except (ClientError, TimeoutError):
            raise ProblemError(502, "What is behind this path does not answer; it may be starting.") from None

        async def body() -> AsyncGenerator[bytes]:
            async with found:
                async for part in found.content.iter_any():
                    yield part

        headers = {name: value for name, value in found.headers.items() if name.lower() not in HOP_BY_HOP}
        headers.setdefault("Cache-Control", "no-cache")
        if "Location" in headers:
            # It knows itself by the address under which we ask.
            headers["Location"] = headers["Location"].removeprefix(f"http://{self._place}")
        return StreamingResponse(body(), found.status, headers)

    async def connect(self, socket: WebSocket, may_stay: Callable[[], Awaitable[bool]]) -> None:
        """Pass a socket's messages on and back until one side ends it, or ``may_stay`` says no."""
        from aiohttp import ClientError

        try:
            theirs = await self._client().ws_connect(
                self._url("ws", socket.scope), protocols=socket.scope["subprotocols"], max_msg_size=0
            )
        except (ClientError, TimeoutError):
            await socket.close(GOING_AWAY)
            return
        async with theirs:
            await socket.accept(theirs.protocol)
            ways = [pass_on(socket, theirs), pass_back(theirs, socket), until_refused(may_stay)]
            tasks = [asyncio.create_task(way) for way in ways]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        # It may be closed already, by either side.
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(POLICY_VIOLATION if tasks[2] in done else GOING_AWAY)


def is_passed_on(name: str) -> bool:
    return name not in HOP_BY_HOP and name not in OURS_ALONE and not name.startswith(("sec-fetch-", "x-forwarded-"))


async def pass_on(ours: WebSocket, theirs: "ClientWebSocketResponse") -> None:
    while (message := await ours.receive())["type"] == "websocket.receive":
        if (text := message.get("text")) is not None:
            await theirs.send_str(text)
        else:
            await theirs.send_bytes(message["bytes"])


async def pass_back(theirs: "ClientWebSocketResponse", ours: WebSocket) -> None:
    from aiohttp import WSMsgType

    async for message in theirs:
        if message.type is WSMsgType.TEXT:
            await ours.send_text(message.data)
        elif message.type is WSMsgType.BINARY:
            await ours.send_bytes(message.data)


async def until_refused(may_stay: Callable[[], Awaitable[bool]]) -> None:
    while await may_stay():
        await asyncio.sleep(ASK_EVERY)
