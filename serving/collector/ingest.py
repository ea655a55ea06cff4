"""A request with events, from its headers to its answer. Knows ASGI's scope, and no framework."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec

from orchestration.events.journal.journal import Journal, JournalFullError
from orchestration.events.places import NOWHERE, Places
from orchestration.hosts import is_host_of
from serving.collector.answers import Answer, RefusedError, refused
from serving.collector.batch import BadBodyError, Kind, Reading, read_batch, read_one
from serving.collector.bodies import Receive, read_body
from serving.collector.limits import Limits
from serving.collector.origins import host_of
from serving.collector.place_headers import place_in_headers
from serving.collector.registry import Known, KnownSite
from serving.collector.sender import Sender
from serving.http.client_address import ClientAddress
from serving.http.clients import Client, client_of
from serving.http.headers import Headers
from serving.http.in_flight import InFlight
from serving.http.problems import ProblemError, problem

RETRY_AFTER = 30
LONGEST_USER_AGENT = 1_000
KINDS: dict[str, Kind] = {
    "/api/analytics/ingest": "batch",
    "/api/v1/analytics/event": "event",
    "/api/v1/analytics/pageview": "page_view",
    "/api/v1/analytics/interaction": "interaction",
    "/api/v1/live/heartbeat": "heartbeat",
}


@dataclass(frozen=True)
class Collector:
    """What handles a request: the journal, the registry, and the rules of this installation."""

    journal: Journal
    known: Known
    addresses: ClientAddress
    places: Places
    limits: Limits
    in_flight: InFlight

    async def collect(self, kind: Kind, scope: Mapping[str, Any], headers: Headers, receive: Receive) -> Answer:
        """Keep the events of a request; after a 202 they are on disk.

        The sender is judged by the headers alone, before any of the body is read.
        """
        try:
            sender = self.sender_of(scope, headers)
            client = client_of(sender.address)
            with self.in_flight.request(client, scope.get("client")) as held:
                try:
                    body = await read_body(headers, receive, held)
                finally:
                    self.limits.sent_bytes.take(client, held.body)
                return await self.keep(kind, body, sender, client)
        except ProblemError as error:
            return refused(error)

    async def keep(self, kind: Kind, body: bytes, sender: Sender, client: Client) -> Answer:
        try:
            reading = self.read(kind, body, sender)
            self.limits.events.take(client, reading.accepted + len(reading.rejected))
        except BadBodyError as bad:
            self.limits.events.take(client, max(1, len(bad.rejected)))
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
        """Return the sender and the site. Raises RefusedError if that is not allowed, or too often."""
        peer = (scope.get("client") or ("",))[0]
        is_trusted = self.addresses.trusts(peer)
        address = self.addresses.of(peer, headers) or ""
        self.limits.admit(client_of(address))
        name, site = self.site_of(scope, headers.get(b"origin"))
        self.limits.admit_for_site(name)
        user_agent = headers.get(b"user-agent", b"")[:LONGEST_USER_AGENT].decode("utf-8", "replace")
        place = self.places.of(address)
        if place is NOWHERE:
            place = place_in_headers(headers, through_trusted_proxy=is_trusted)
        sender = Sender(name, site.user_code, address, user_agent, is_trusted)
        if place == NOWHERE:
            return sender
        return replace(sender, country_code=place.country_code, region=place.region, city=place.city)

    def site_of(self, scope: Mapping[str, Any], origin: bytes | None) -> tuple[str, KnownSite]:
        """Return the site that events may be sent for.

        Raises RefusedError in the same words for an unknown site, and for one that accepts no events from this
        origin: no page learns from it which sites there are. (A program may name any origin, or none, and sees by a
        202 that a site exists; so does anyone who looks at a page of the site.)
        """
        host = host_of(origin.decode("latin-1")) if origin is not None else None
        name = self.site_name(scope, host)
        site = self.known.site(name)
        if site is not None and (origin is None or (host is not None and is_host_of(host, name, site.allowed_origins))):
            return name, site
        page = "" if origin is None else f" from pages of {host or 'this origin'}"
        if not self.known.is_connected:  # it may have been added since we last knew
            raise RefusedError(
                503, f"Whether events of {name[:80]!r} are taken{page} is not known for now.", RETRY_AFTER
            )
        raise RefusedError(
            403,
            f"No events of {name[:80]!r} are taken{page}: say ?site=NAME, as `dogear site list` has it, and allow "
            "pages of other hosts by `dogear site add NAME --origin HOST`.",
        )

    def site_name(self, scope: Mapping[str, Any], host: str | None) -> str:
        """Return the site that the query names, else that of ``host``, which the page is on."""
        query: bytes = scope.get("query_string") or b""
        if query.startswith(b"site=") and b"&" not in query and b"%" not in query and b"+" not in query:
            return self.known.name_of(query[5:].decode("latin-1"))  # as our own script writes it
        named = parse_qs(query[:2_000].decode("latin-1")).get("site")
        if named:
            return self.known.name_of(named[0])
        if host is None:
            raise RefusedError(400, "Which site? Say ?site=NAME, as `dogear site list` has it.")
        return self.known.name_of(host)


def accepted(reading: Reading) -> bytes:
    if not reading.rejected:
        return b'{"accepted":%d,"rejected":[]}' % reading.accepted
    return msgspec.json.encode({"accepted": reading.accepted, "rejected": reading.rejected})
