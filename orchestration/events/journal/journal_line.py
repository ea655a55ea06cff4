"""A line of the journal: one request, with who sent it and its events.

Nothing of an address is in it: a visitor is a salted hash by now, and what reads like an address in a text is masked.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from orchestration.events.event import Event, EventData


class Visitor(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose events of a day these are; as ``raw.events.anonymous_id`` and ``previous_anonymous_id``."""

    day: date
    anonymous_id: str
    previous_anonymous_id: str | None = None


class KeptEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event that was put right. ``visitor`` is given where it is another than that of the line."""

    type: str
    data: EventData
    client_occurred_at: datetime | None = None
    visitor: Visitor | None = None


class RejectedEvent(msgspec.Struct, frozen=True):
    """An event that is not kept: its place in the batch, why, and the beginning of what was sent, addresses masked."""

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
