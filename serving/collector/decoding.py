"""An event as it was written to an Event."""

from typing import Any

import msgspec
from msgspec import inspect

from orchestration.events.event import Event, EventData
from orchestration.events.event_fields import FIELDS
from serving.collector.reasons import BAD

EVENT = msgspec.json.Decoder(Event)
DATA = msgspec.json.Decoder(EventData)
# Fields that are whole numbers.
WHOLE = tuple(field.name for field in FIELDS.values() if isinstance(field.type, inspect.IntType))


def read_event(text: bytes | msgspec.Raw) -> Event:
    """Return an event. Raises one of BAD where it is none."""
    try:
        return EVENT.decode(text)
    except BAD:
        sent = msgspec.json.decode(text)
        if not isinstance(sent, dict) or not has_whole_floats(sent.get("data")):
            raise
    return msgspec.convert(sent, Event)


def read_data(text: bytes) -> EventData:
    """Return the data of an event alone. Raises one of BAD where it is none."""
    try:
        return DATA.decode(text)
    except BAD:
        sent = msgspec.json.decode(text)
        if not has_whole_floats(sent):
            raise
    return msgspec.convert(sent, EventData)


def has_whole_floats(data: Any) -> bool:
    """Turn 667.0, a whole number in JSON Schema, into one for Python, in place; return whether there was any."""
    if not isinstance(data, dict):
        return False
    found = [name for name in WHOLE if isinstance(value := data.get(name), float) and value.is_integer()]
    data.update({name: int(data[name]) for name in found})
    return bool(found)
