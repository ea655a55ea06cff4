"""How the parts of an installation are: each is looked at when somebody asks; what was found is kept for seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from serving.monitoring.keeping import Kept

# off: it is not part of this installation, or not yet asked for.
Status = Literal["ok", "degraded", "failed", "off"]
LONGEST_LOOK = 4.0
KEPT_SECONDS = 5.0


class Found(msgspec.Struct):
    """What a look has found: ``thresholds`` are what decides, ``detail`` is for admins."""

    status: Status
    thresholds: Mapping[str, float] = {}
    detail: Mapping[str, Any] = {}


class Health(Found, kw_only=True):
    """The same, with the time since when the status has been so, as far as this process knows (UTC)."""

    since: datetime


Look = Callable[[], Awaitable[Found]]


class Component:
    """A part, and what its last look has found."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._kept = Kept(self._health, KEPT_SECONDS)
        self._last: Health | None = None

    async def health(self) -> Health:
        """Return how it is; failed, if it cannot be said within some seconds."""
        return await self._kept.get()

    async def _health(self) -> Health:
        try:
            found = await asyncio.wait_for(self._look(), LONGEST_LOOK)
        except TimeoutError:
            found = Found("failed", {"seconds": LONGEST_LOOK}, {"reason": "It does not answer in time."})
        is_same = self._last is not None and self._last.status == found.status
        since = self._last.since if is_same and self._last else datetime.now(UTC)
        self._last = Health(found.status, found.thresholds, found.detail, since=since)
        return self._last


async def health_of_all(components: Mapping[str, Component]) -> dict[str, Health]:
    found = await asyncio.gather(*(component.health() for component in components.values()))
    return dict(zip(components, found, strict=True))
