"""A line of the journal: one request, with who sent it and its events.

It holds no address: a visitor is a salted hash by now, and anything that looks like an address in a text is masked.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from orchestration.events.event import Event, EventData


class Visitor(msgspec.Struct, frozen=True, omit_defaults=True):
    """The visitor of a day's events; as ``raw.events.anonymous_id`` and ``previous_anonymous_id``."""

    day: date
    anonymous_id: str
    previous_anonymous_id: str | None = None


class KeptEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sanitised event. ``visitor`` is set if it differs from that of the line."""

    type: str
    data: EventData
    client_occurred_at: datetime | None = None
    visitor: Visitor | None = None


class RejectedEvent(msgspec.Struct, frozen=True):
    """An event that is not kept: its place in the batch, the reason, and the start of its text, addresses masked."""

    event_index: int
    reason: str
    excerpt: str


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """See above. ``visitors`` has one for each UTC day of the events."""

    received_at: datetime
    site: str
    user_code: str
    visitors: list[Visitor]
    events: Sequence[Event | KeptEvent]
    user_agent: str | None = None
    country_code: str | None = None
    region: str | None = None
    city: str | None = None
    rejected: list[RejectedEvent] = []
