"""The shape in which readers hand events over: one row per event, the fields of an event and what readers know beside.

Readers of files leave the owner of the site empty, and addresses unhashed; the collector has filled and hashed them.
"""

import pyarrow as pa
from msgspec import inspect

from orchestration.events.event_fields import FIELDS

TIME = pa.timestamp("us", tz="UTC")
# Properties are JSON.
ARROW_TYPES: dict[type[inspect.Type], pa.DataType] = {
    inspect.StrType: pa.string(),
    inspect.UUIDType: pa.string(),
    inspect.DictType: pa.string(),
    inspect.IntType: pa.int64(),
    inspect.FloatType: pa.float64(),
    inspect.BoolType: pa.bool_(),
    inspect.DateTimeType: TIME,
}
DUCKDB_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    TIME: "TIMESTAMPTZ",
}
EVENT_INPUT = pa.schema(
    [(field.name, ARROW_TYPES[type(field.type)]) for field in FIELDS.values()]
    + [(name, pa.string()) for name in ("site", "user_code", "anonymous_id", "previous_anonymous_id")]
    + [(name, pa.string()) for name in ("event_type", "content_digest")]
    + [(name, pa.int64()) for name in ("line_number", "event_index", "response_status", "response_bytes")]
    + [(name, TIME) for name in ("received_at", "client_occurred_at")]
)
INPUT_TYPES = {field.name: DUCKDB_TYPES[field.type] for field in EVENT_INPUT}
REJECTED = pa.schema(
    [("line_number", pa.int64()), ("event_index", pa.int64()), ("reason", pa.string()), ("line", pa.string())]
)
