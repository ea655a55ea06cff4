"""One declaration of an event: what holds its fields further down has the same, but for what is named here."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import inspect

from orchestration.events.event_fields import FIELDS
from orchestration.events.event_preparer import EventPreparer

# Of these no more is kept than a hash, hosts and paths, and what the query says of campaigns.
NO_COLUMN = {"client_ip", "page_url", "referrer"}
RENAMED = {"visitor_id": "client_visitor_id", "session_id": "client_session_id"}
COLUMNS = """
    select attname, format_type(atttypid, atttypmod) from pg_attribute
    where attrelid = 'raw.events'::regclass and attnum > 0 and not attisdropped
"""
TYPES: dict[type[inspect.Type], tuple[str, ...]] = {
    inspect.StrType: ("text",),
    inspect.UUIDType: ("uuid",),
    inspect.DictType: ("jsonb",),
    inspect.IntType: ("smallint", "integer"),
    inspect.FloatType: ("double precision",),
    inspect.BoolType: ("boolean",),
    inspect.DateTimeType: ("timestamp with time zone",),
}
MOST = {"smallint": 2**15 - 1, "integer": 2**31 - 1}


@pytest.fixture
def columns(rows: Callable[[str], list[tuple[str, str]]]) -> dict[str, str]:
    """Names and types of the columns of raw.events."""
    return dict(rows(COLUMNS))


def test_each_field_has_a_column_that_can_hold_it(columns: dict[str, str]):
    names = FIELDS.keys() - NO_COLUMN
    missing = {RENAMED.get(name, name) for name in names} - columns.keys()
    assert not missing, f"add {sorted(missing)} to raw.events by a migration in sql/versions"
    for name in names:
        kind: Any = FIELDS[name].type
        column = columns[RENAMED.get(name, name)]
        assert column in TYPES[type(kind)], name
        if column in MOST:
            assert (kind.ge, kind.le <= MOST[column]) == (0, True), name


def test_what_is_loaded_has_the_columns_of_the_table(columns: dict[str, str]):
    nothing = dict.fromkeys(["site", "user_code", "source", "import_id", "file_id"])
    loaded = EventPreparer(salts=None, memory_limit="500MB").events(nothing).schema.names
    assert set(loaded) == set(columns)
    assert len(loaded) == len(columns)
