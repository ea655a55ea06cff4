"""A request that brings events, from its headers to its answer. Knows ASGI's scope, and no framework."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from typing import Any
from urllib.parse import parse_qs

import msgspec

from orchestration.events.places import NOWHERE, Places
from serving.collector.batch import BadBodyError, Kind, Reading, read_batch, read_one
from serving.collector.client_address import ClientAddress
from serving.collector.journal import Journal, JournalFullError
from serving.collector.known import Known
from serving.collector.limits import Limiter, host_key
from serving.collector.origins import host_of, is_allowed
from serving.collector.place_headers import place_in_headers
from serving.collector.sender import Sender
from serving.problems import problem

RETRY_AFTER = 30
LARGEST_BODY = 1_000_000
LONGEST_USER_AGENT = 1_000
KINDS: dict[str, Kind] = {
    "/api/analytics/ingest": "batch",
    "/api/v1/analytics/event": "event",
    "/api/v1/analytics/pageview": "page_view",
    "/api/v1/analytics/interaction": "interaction",
    "/api/v1/live/heartbeat": "heartbeat",
}
Headers = Mapping[bytes, bytes]


@dataclass(frozen=True)
class Answer:
    """What the client is told."""

    status: int
    body: bytes = b""
    retry_after: int | None = None


class RefusedError(Exception):
    """The request is answered with a problem."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(frozen=True)
class Collector:
    """What a request meets: the journal, what is known, and the rules of this installation."""

    journal: Journal
    known: Known
    addresses: ClientAddress
    places: Places
    per_address: Limiter
    per_site: Limiter

    async def collect(self, kind: Kind, scope: Mapping[str, Any], headers: Headers, body: bytes) -> Answer:
        """Keep the events of a request; what is answered 202 is on disk."""
        try:
            sender = self.sender_of(scope, headers)
            reading = self.read(kind, body, sender)
        except RefusedError as refused:
            return refused.answer
        except BadBodyError as bad:
            more = {"rejected": msgspec.to_builtins(bad.rejected)} if bad.rejected else {}
            status = 422 if bad.rejected else 400
            return Answer(status, problem(status, str(bad), **more))
        try:
            await self.journal.append(reading.line)
        except JournalFullError as full:
            return Answer(503, problem(503, f"{full}; send it again later"), retry_after=RETRY_AFTER)
        return Answer(202, accepted(reading))

    def read(self, kind: Kind, body: bytes, sender: Sender) -> Reading:
        now = datetime.now(UTC)
        if kind == "batch":
            return read_batch(body, sender, now, self.known.salt)
        return read_one(body, kind, sender, now, self.known.salt)

    def sender_of(self, scope: Mapping[str, Any], headers: Headers) -> Sender:
        """Who sends to which site. Raises RefusedError where that is not allowed, or too often."""
        peer = (scope.get("client") or ("",))[0]
        is_trusted = self.addresses.trusts(peer)
        address = self.addresses.of(peer, headers) or ""
        take_turn(self.per_address, host_key(address), "from one address")
        origin = headers.get(b"origin")
        name = self.site_name(scope, origin)
        site = self.known.site(name)
        if site is None and not self.known.is_connected:  # it may have been added since we last knew
            raise refusal(503, f"Whether there is a site {name[:80]!r} is not known for now.", RETRY_AFTER)
        if site is None:
            raise refusal(404, f"There is no site {name[:80]!r}. Say ?site=NAME, as `dogear site list` has it.")
        if origin is not None:
            host = host_of(origin.decode("latin-1"))
            if host is None or not is_allowed(host, name, site):
                raise refusal(403, f"Pages of {host or 'this origin'} may not send events of {name[:80]}.")
        take_turn(self.per_site, name, "for this site")
        user_agent = headers.get(b"user-agent", b"")[:LONGEST_USER_AGENT].decode("utf-8", "replace")
        place = self.places.of(address)
        if place is NOWHERE:
            place = place_in_headers(headers, through_trusted_proxy=is_trusted)
        sender = Sender(name, site.user_code, address, user_agent, is_trusted)
        if place == NOWHERE:
            return sender
        return replace(sender, country_code=place.country_code, region=place.region, city=place.city)

    def site_name(self, scope: Mapping[str, Any], origin: bytes | None) -> str:
        """The site that the query names, else the host that the page is on."""
        query: bytes = scope.get("query_string") or b""
        if query.startswith(b"site=") and b"&" not in query and b"%" not in query and b"+" not in query:
            return query[5:].decode("latin-1")  # as our own script writes it
        named = parse_qs(query[:2_000].decode("latin-1")).get("site")
        if named:
            return named[0]
        host = host_of(origin.decode("latin-1")) if origin else None
        if host is None:
            raise refusal(400, "Which site? Say ?site=NAME, as `dogear site list` has it.")
        return host if self.known.site(host) else host.removeprefix("www.")


def take_turn(limiter: Limiter, key: str, whose: str) -> None:
    """Raises RefusedError where that must wait."""
    if seconds := limiter.wait(key):
        raise refusal(429, f"At most {limiter.per_minute} requests a minute {whose}.", max(1, ceil(seconds)))


def refusal(status: int, detail: str, retry_after: int | None = None) -> RefusedError:
    return RefusedError(Answer(status, problem(status, detail), retry_after))


def accepted(reading: Reading) -> bytes:
    if not reading.rejected:
        return b'{"accepted":%d,"rejected":[]}' % reading.accepted
    return msgspec.json.encode({"accepted": reading.accepted, "rejected": reading.rejected})
