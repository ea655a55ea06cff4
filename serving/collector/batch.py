"""From a request's body to its line of the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from orchestration.events.event import Event
from orchestration.events.journal.journal_line import KeptEvent, Line, RejectedEvent
from serving.collector.clock import OFF_BY, earliest_believed, offset_of
from serving.collector.decoding import read_data, read_event
from serving.collector.masking import is_suspect, masked
from serving.collector.parts import MOST_EVENTS, SentAt, parts_of
from serving.collector.reasons import BAD, excerpt_of, reason_of
from serving.collector.sanitizing import MOST_PROPERTIES, sanitized
from serving.collector.sender import Salt, Sender, visitors_of
from serving.collector.urls import cut_page, cut_referrer, is_cut

Kind = Literal["batch", "event", "page_view", "interaction", "heartbeat"]


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``POST /api/analytics/ingest``: events, and when the client sent them by its clock."""

    events: Annotated[list[Event], msgspec.Meta(min_length=1, max_length=MOST_EVENTS)]
    sent_at: SentAt | None = None


class Rejection(msgspec.Struct, frozen=True):
    """An event that is not kept: its place in the batch, from 0, and why."""

    index: int
    reason: str


@dataclass(frozen=True)
class Reading:
    """The result of a body: the line to keep, and the events that are not kept."""

    line: bytes
    accepted: int
    rejected: list[Rejection] = field(default_factory=list)


BATCH = msgspec.json.Decoder(Batch)
ENCODER = msgspec.json.Encoder()


class BadBodyError(Exception):
    """Nothing of the body can be kept."""

    def __init__(self, reason: str, rejected: list[Rejection] | None = None) -> None:
        super().__init__(reason)
        self.rejected = rejected or []


def read_batch(body: bytes, sender: Sender, received_at: datetime, salt: Salt) -> Reading:
    """Read a batch. Raises BadBodyError if it is not a batch, or all of its events are bad."""
    try:
        batch = BATCH.decode(body)
    except BAD:
        return read_parts(body, sender, received_at, salt)
    return reading_of(batch.events, [], {}, batch.sent_at, body, sender, received_at, salt)


def read_parts(body: bytes, sender: Sender, received_at: datetime, salt: Salt) -> Reading:
    """Read a batch that can be read only in part."""
    try:
        parts = parts_of(body)
    except BAD as error:
        raise bad_body(body, error, sender) from None
    events: list[Event | None] = []
    rejected: list[Rejection] = []
    for index, part in enumerate(parts.events):
        try:
            events.append(read_event(part))
        except BAD as error:
            events.append(None)
            rejected.append(Rejection(index, reason_of(error, sender.address)))
    unread = {it.index: parts.events[it.index] for it in rejected}
    return reading_of(events, rejected, unread, parts.sent_at, body, sender, received_at, salt)


def read_one(body: bytes, kind: Kind, sender: Sender, received_at: datetime, salt: Salt) -> Reading:
    """Read the body of one event: ``{"type", "data"}``, or its data alone where the kind says the type."""
    try:
        event = read_event(body) if kind == "event" else Event(kind, read_data(body))
    except BAD as error:
        raise bad_body(body, error, sender) from None
    return reading_of([event], [], {}, None, body, sender, received_at, salt)


def bad_body(body: bytes, error: Exception, sender: Sender) -> BadBodyError:
    return BadBodyError(reason_of(error, sender.address) if body.strip() else "the body is empty")


def reading_of(
    events: Sequence[Event | None],
    rejected: list[Rejection],
    unread: Mapping[int, msgspec.Raw],
    sent_at: datetime | None,
    body: bytes,
    sender: Sender,
    received_at: datetime,
    salt: Salt,
) -> Reading:
    """Return the line of these events (None for an ``unread`` one, which is rejected already). Most are unchanged."""
    offset = offset_of(sent_at, received_at)
    is_sound = not offset and not is_suspect(body, sender.address)
    sound = sound_of(events, received_at) if is_sound else []
    kept: list[Event | KeptEvent] = [*sound]
    # The events from the first one that needs a change; mostly none.
    for index, event in enumerate(events[len(sound) :], len(sound)):
        if event is None:
            continue
        if is_sound and sound_of([event], received_at):
            kept.append(event)
            continue
        try:
            kept.append(sanitized(event, offset, sender, received_at, salt))
        except ValueError as error:
            rejected.append(Rejection(index, str(error)))
    rejected.sort(key=lambda it: it.index)
    if not kept:
        raise BadBodyError("none of the events can be kept", rejected)
    line = Line(
        received_at=received_at,
        site=sender.site,
        user_code=sender.user_code,
        visitors=visitors_of([it.data.occurred_at for it in kept], sender, salt),
        events=kept,
        user_agent=masked(sender.user_agent, sender.address) or None,
        country_code=sender.country_code,
        region=masked(sender.region or "", sender.address) or None,
        city=masked(sender.city or "", sender.address) or None,
        rejected=[with_excerpt(it, unread, sender) for it in rejected],
    )
    return Reading(ENCODER.encode(line), len(kept), rejected)


def with_excerpt(rejection: Rejection, unread: Mapping[int, msgspec.Raw], sender: Sender) -> RejectedEvent:
    """Return the rejection as it is kept, with its excerpt: masked only here, since masking takes time."""
    sent = bytes(unread.get(rejection.index, b""))
    return RejectedEvent(rejection.index, rejection.reason, excerpt_of(sent, sender.address))


def sound_of(events: Sequence[Event | None], received_at: datetime) -> list[Event]:
    """Return the leading events that can be kept as they are, if the body holds no address."""
    earliest, latest = earliest_believed(received_at), received_at + OFF_BY
    sound: list[Event] = []
    for event in events:
        if event is None:
            break
        data = event.data
        at = data.occurred_at
        if (
            data.event_id is None
            or data.client_ip is not None
            or at.tzinfo is not UTC
            or at < earliest
            or at > latest
            or not is_cut(data.page_url, cut_page)
            or not is_cut(data.referrer, cut_referrer)
            or ((properties := data.properties) is not None and len(properties) > MOST_PROPERTIES)
        ):
            break
        sound.append(event)
    return sound
