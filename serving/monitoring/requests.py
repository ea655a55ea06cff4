"""Measures each request: how long it took, by its route, and how it ended."""

from time import perf_counter

from serving.http.guard import Asgi, Message, Receive, Scope, Send
from serving.measures import REQUEST_SECONDS, REQUESTS, SOCKETS

# Strangers may send any method, and any path: neither becomes a label.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"


class Measured:
    """An ASGI application before another one, whose routes FastAPI writes into the scope."""

    def __init__(self, app: Asgi) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.measure_socket(scope, receive, send)
        elif scope["type"] == "http":
            await self.measure_request(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def measure_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500
        began = perf_counter()

        async def send_and_see(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            method = scope["method"] if scope["method"] in METHODS else "(other)"
            REQUESTS.labels(method, route, str(status)).inc()
            REQUEST_SECONDS.labels(route).observe(perf_counter() - began)

    async def measure_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_open = False

        async def send_and_see(message: Message) -> None:
            nonlocal is_open
            if message["type"] == "websocket.accept" and not is_open:
                is_open = True
                SOCKETS.inc()
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            if is_open:
                SOCKETS.dec()
