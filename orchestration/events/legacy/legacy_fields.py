"""The fields of an event, as the old table may have them: all are texts there."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
from msgspec import inspect

from orchestration.events.event_fields import FIELDS, EventField
from orchestration.events.event_input import INPUT_TYPES

# The table itself has the time and the id, and what has no field becomes the properties.
OF_THE_TABLE = {"occurred_at", "event_id", "properties"}
# Owners are written as accounts are.
LEGACY_FIELDS = [
    *(field for field in FIELDS.values() if field.name not in OF_THE_TABLE),
    replace(FIELDS["account_id"], name="owner"),
]
SHAPE = pa.schema(
    [("name", pa.string()), ("kind", pa.string()), ("longest", pa.int64())]
    + [(name, pa.float64()) for name in ("least", "most")]
)


def legacy_fields() -> pa.Table:
    """Return what the text of each field may be, as ``fits_legacy_column`` asks: its kind and bounds."""
    return pa.Table.from_pylist([bounds_of(field) for field in LEGACY_FIELDS], SHAPE)


def typed_fields() -> str:
    """Return the SQL of a macro that makes a struct of a map of texts, with each field in its type."""
    typed = ", ".join(f"{field.name}: {typed_text(field)}" for field in LEGACY_FIELDS)
    return f"create macro typed_fields(field) as {{{typed}}}"


def bounds_of(field: EventField) -> dict[str, Any]:
    """Return a row of SHAPE: the kind is integer, number, boolean, name (an id or a code) or text."""
    kind = field.type
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        name = "integer" if isinstance(kind, inspect.IntType) else "number"
        return {"name": field.name, "kind": name, "least": kind.ge, "most": kind.le}
    if isinstance(kind, inspect.StrType):
        return {"name": field.name, "kind": "name" if field.kind else "text", "longest": kind.max_length}
    return {"name": field.name, "kind": "boolean"}


def typed_text(field: EventField) -> str:
    """Return the SQL for the value of a field in a map of texts."""
    text = f"field['{field.name}']"
    if isinstance(field.type, inspect.IntType):
        return f"round(try_cast({text} as double))::bigint"
    kind = INPUT_TYPES.get(field.name, "VARCHAR")
    return text if kind == "VARCHAR" else f"try_cast({text} as {kind})"
