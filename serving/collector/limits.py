"""How much may one client send? See ``TokenBuckets``."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.settings import Settings
from serving.collector.answers import RefusedError
from serving.http.clients import Client
from serving.http.token_buckets import TokenBuckets


class Limiter(TokenBuckets):
    """``per_minute`` of ``what``."""

    def __init__(self, per_minute: int, what: str, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(per_minute, now)
        self.what = what

    def check(self, client: Client, whose: str) -> None:
        """Raise RefusedError if that client must wait."""
        if seconds := self.wait(client):
            raise RefusedError(429, f"At most {self.per_minute:,} {self.what} a minute {whose}.", seconds)


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
