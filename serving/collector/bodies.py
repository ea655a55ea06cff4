"""The contents of a request: its headers, and its body as far as we read it."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from serving.collector.answers import RefusedError
from serving.http.headers import Headers
from serving.http.in_flight import LARGEST_BODY, Held

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
LONGEST_WAIT = 30.0  # seconds
# Of 500 bytes on average, as in the smallest packets of networks. Each part costs the server a message.
MOST_PARTS = 2_000


class ClientGoneError(Exception):
    """The client has gone, and part of the body with it."""


async def read_body(headers: Headers, receive: Receive, held: Held) -> bytes:
    """Return the body. Raises RefusedError if it is not read to its end, and ClientGoneError."""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise RefusedError(415, "Send the body as it is, without Content-Encoding.")
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length[:12]) > LARGEST_BODY:
        raise too_large()
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            return await read_parts(receive, held)
    except TimeoutError:
        raise RefusedError(408, f"The body did not arrive within {LONGEST_WAIT:.0f} seconds.") from None


async def read_parts(receive: Receive, held: Held) -> bytes:
    parts = bytearray()
    for _ in range(MOST_PARTS):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part: bytes = message.get("body", b"")
        if len(parts) + len(part) > LARGEST_BODY:
            raise too_large()
        held.add(len(part))
        if not message.get("more_body"):
            return bytes(parts) + part if parts else part
        parts += part
    raise RefusedError(413, f"A body may come in {MOST_PARTS:,} parts.")


def too_large() -> RefusedError:
    return RefusedError(413, f"A body may have {LARGEST_BODY:,} bytes.")
