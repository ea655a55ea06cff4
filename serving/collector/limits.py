"""How often may one client send? By token buckets: so many at once, then so many a minute."""

import time
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Network

MOST_CLIENTS = 100_000
HOSTS_REMEMBERED = 10_000


class Limiter:
    """``per_minute`` requests a minute for each key, and as many at once; 0 is no limit.

    Keys live in memory alone, at most 100,000: beyond that, those that have all their tokens back are forgotten, and
    all where that does not halve them. An empty key, of whom nothing is known, has no limit.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._now = now
        # When the bucket of a key will be full again.
        self._full_at: dict[str, float] = {}

    def wait(self, key: str) -> float:
        """Take a token; returns 0, or the seconds until there is one to take."""
        if not self.per_minute or not key:
            return 0
        now = self._now()
        interval = 60 / self.per_minute
        full_at = max(self._full_at.get(key, now), now) + interval
        if full_at - now > 60 + interval / 2:
            return full_at - now - 60
        if len(self._full_at) >= MOST_CLIENTS and key not in self._full_at:
            self._forget(now)
        self._full_at[key] = full_at
        return 0

    def _forget(self, now: float) -> None:
        self._full_at = {key: at for key, at in self._full_at.items() if at > now}
        # Otherwise each new client would have us look through all of them.
        if len(self._full_at) > MOST_CLIENTS // 2:
            self._full_at.clear()


@lru_cache(maxsize=HOSTS_REMEMBERED)
def host_key(address: str) -> str:
    """What is limited as one client: an IPv4 address, or the /64 that an IPv6 host has to itself (RFC 6177)."""
    if ":" not in address:
        return address
    return str(IPv6Network((address, 64), strict=False))
