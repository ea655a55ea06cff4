"""A value that is kept for some seconds, so that asking often costs nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

from serving.measures import STORE_SECONDS

T = TypeVar("T")
STORE = "local"


class Kept(Generic[T]):
    """What ``make`` returns, at most ``seconds`` old. Who asks while it is made waits for it."""

    def __init__(self, make: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._lock = asyncio.Lock()
        self._value: tuple[float, T] | None = None

    async def get(self) -> T:
        async with self._lock:
            with STORE_SECONDS.labels(STORE, "get").time():
                kept = self._value
                is_fresh = kept is not None and monotonic() - kept[0] < self._seconds
            if kept is None or not is_fresh:
                made = await self._make()
                with STORE_SECONDS.labels(STORE, "put").time():
                    kept = self._value = (monotonic(), made)
            return kept[1]
