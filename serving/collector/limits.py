"""How much may one client send? Token buckets: a budget at once, which refills by the minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.settings import Settings
from serving.collector.answers import RefusedError
from serving.collector.clients import Client

MOST_KEYS = 100_000


class Limiter:
    """``per_minute`` of ``what`` a minute for each key, times its share, and as many at once; 0 is no limit.

    A client with nothing left must wait. A request may take more than is left, since its size is not known beforehand:
    then the next request waits for it.

    Keys live only in memory, at most 100,000. Beyond that, half of them are evicted: those whose buckets are fullest.
    So a client that must wait is not let off because many others came.
    """

    def __init__(self, per_minute: int, what: str, now: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self.what = what
        self._now = now
        # When the bucket of a key will be full again.
        self._full_at: dict[str, float] = {}

    def wait(self, client: Client) -> float:
        """Return seconds until there is something to take; 0 if there is."""
        if not self.per_minute:
            return 0
        now, longest = self._now(), 0.0
        for key, share in client:
            interval = 60 / (self.per_minute * share)
            missing = self._full_at.get(key, now) - now + interval
            if missing > 60 + interval / 2:
                longest = max(longest, missing - 60)
        return longest

    def take(self, client: Client, amount: int = 1) -> None:
        if not self.per_minute:
            return
        now = self._now()
        for key, share in client:
            if len(self._full_at) >= MOST_KEYS and key not in self._full_at:
                self._forget()
            self._full_at[key] = max(self._full_at.get(key, now), now) + amount * 60 / (self.per_minute * share)

    def check(self, client: Client, whose: str) -> None:
        """Raise RefusedError if that client must wait."""
        if seconds := self.wait(client):
            raise RefusedError(429, f"At most {self.per_minute:,} {self.what} a minute {whose}.", seconds)

    def _forget(self) -> None:
        median = sorted(self._full_at.values())[len(self._full_at) // 2]
        self._full_at = {key: at for key, at in self._full_at.items() if at > median}


@dataclass(frozen=True)
class Limits:
    """The limits of one address in a minute, and those of one site."""

    requests: Limiter
    events: Limiter
    sent_bytes: Limiter
    site_requests: Limiter

    def admit(self, client: Client) -> None:
        """Count a request of this client; its events and bytes are counted when they are known.

        Raises RefusedError if any of its limits is used up.
        """
        for limiter in (self.requests, self.events, self.sent_bytes):
            limiter.check(client, "from one address")
        self.requests.take(client)

    def admit_for_site(self, name: str) -> None:
        """Count a request for this site. Raises RefusedError if there are too many."""
        site = ((name, 1),)
        self.site_requests.check(site, "for one site")
        self.site_requests.take(site)


def limits_of(settings: Settings) -> Limits:
    return Limits(
        requests=Limiter(settings.rate_limit, "requests"),
        events=Limiter(settings.rate_limit_events, "events"),
        sent_bytes=Limiter(settings.rate_limit_mb * 1_000_000, "bytes"),
        site_requests=Limiter(settings.site_rate_limit, "requests"),
    )
