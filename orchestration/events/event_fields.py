"""What the typed event says of its fields, for all that lists them: readers, the journal, masking, old tables."""

from dataclasses import dataclass
from typing import cast

import msgspec
from msgspec import inspect

from orchestration.events.event import EventData


@dataclass(frozen=True)
class EventField:
    """A field of an event, and the type of its value, which may be missing.

    ``kind`` of a text is "opaque id", "name" (another id, or a code), or None.
    """

    name: str
    type: inspect.Type
    kind: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether a client may write there what it likes, within a length."""
        return isinstance(self.type, inspect.StrType) and self.type.pattern is None

    @property
    def is_opaque_id(self) -> bool:
        return self.kind == "opaque id"


def event_field(name: str, kind: inspect.Type) -> EventField:
    """Return the field ``name``, whose type may be a union with None."""
    if isinstance(kind, inspect.UnionType):
        (kind,) = (it for it in kind.types if not isinstance(it, inspect.NoneType))
    if isinstance(kind, inspect.Metadata):
        return EventField(name, kind.type, (kind.extra or {}).get("kind"))
    return EventField(name, kind)


FIELDS = {
    field.name: event_field(field.name, field.type)
    for field in cast("inspect.StructType", msgspec.inspect.type_info(EventData)).fields
}
OPAQUE_IDS = tuple(field.name for field in FIELDS.values() if field.is_opaque_id)
