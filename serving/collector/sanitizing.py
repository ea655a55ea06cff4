"""Sanitise an event that cannot be kept as it was sent: add an id, correct its time, remove addresses and queries."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from orchestration.events.addresses import visitor_address
from orchestration.events.event import Event
from orchestration.events.event_fields import FIELDS, OPAQUE_IDS
from orchestration.events.journal.journal_line import KeptEvent
from serving.collector.clock import occurred_at
from serving.collector.masking import masked, without_ip
from serving.collector.sender import Salt, Sender, hashed_visitor, is_early, visitor_of
from serving.collector.urls import cut_page, cut_referrer

MOST_PROPERTIES = 100
TEXTS = tuple(it.name for it in FIELDS.values() if it.is_text and not it.is_opaque_id and it.name != "client_ip")
Properties = dict[str, str | int | float | bool | None]


def sanitized(event: Event, offset: timedelta, sender: Sender, received_at: datetime, salt: Salt) -> KeptEvent:
    """Return the event as it can be kept. Raises ValueError if it cannot."""
    data = event.data
    if data.client_ip is not None and not sender.is_trusted:
        raise ValueError("client_ip is taken from trusted proxies alone (DOGEAR_TRUSTED_PROXIES)")
    if len(data.properties or ()) > MOST_PROPERTIES:
        raise ValueError(f"more than {MOST_PROPERTIES} properties")
    said = data.occurred_at
    at = occurred_at(said, offset, received_at)
    visitor = None
    if data.client_ip is not None:
        address = visitor_address(data.client_ip)
        if address is None:
            raise ValueError("client_ip is no IP address")
        sender = replace(sender, address=address, user_agent=data.user_agent or sender.user_agent)
        visitor = visitor_of(at.date(), sender, salt, with_previous=is_early(at))
    texts = {name: masked(value, sender.address) for name in TEXTS if isinstance(value := getattr(data, name), str)}
    if "page_url" in texts:
        texts["page_url"] = cut_page(texts["page_url"])
    if "referrer" in texts:
        texts["referrer"] = cut_referrer(texts["referrer"])
    secret = salt(at.date())
    ids = {name: opaque_id(sender, secret, value) for name in OPAQUE_IDS if (value := getattr(data, name))}
    changed = msgspec.structs.replace(
        data,
        **texts,
        **ids,
        occurred_at=at,
        event_id=data.event_id or id_of(event, hashed_visitor(secret, sender)),
        client_ip=None,
        properties=data.properties and masked_properties(data.properties, sender.address),
    )
    return KeptEvent(event.type, changed, None if at == said else in_utc(said), visitor)


def in_utc(said: datetime) -> datetime | None:
    try:
        return said.astimezone(UTC)
    except OverflowError:  # at either end of the calendar
        return None


def opaque_id(sender: Sender, salt: bytes, value: str) -> str:
    """Return an id as it is; one that looks like an e-mail address as a hash: see the macro in duckdb_macros.sql.

    There are so few addresses of machines that all hashes could be tried: an id with the sender's address is salted.
    """
    if without_ip(value, sender.address) != value:
        value = f"{salt.hex()}|{value}"
    elif masked(value, "") == value:
        return value
    return f"hashed-{hashlib.sha256(f'{sender.site}|{value}'.encode()).hexdigest()[:32]}"


def masked_properties(properties: Properties, address: str) -> Properties:
    return {
        masked(name, address): masked(value, address) if isinstance(value, str) else value
        for name, value in properties.items()
    }


def id_of(event: Event, anonymous_id: str) -> UUID:
    """Return an id for an event that came without one: the same for the same event of the same visitor, sent again.

    The time first, as in a UUIDv7, then a hash.
    """
    without_address = Event(event.type, msgspec.structs.replace(event.data, client_ip=None))
    digest = hashlib.sha256(anonymous_id.encode() + msgspec.json.encode(without_address)).hexdigest()
    milliseconds = int(event.data.occurred_at.timestamp() * 1000) % 2**48
    return UUID(f"{milliseconds:012x}8{digest[:3]}8{digest[3:18]}")
