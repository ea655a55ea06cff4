"""Events into ``raw.events`` by one COPY, if none of them can be there already; it takes a third of the time."""

from collections.abc import Mapping
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.events.load_events import SEEN, load_events, see_visitors
from orchestration.resources.bulk_load import column_types
from orchestration.resources.duckdb_engine import locked_duckdb
from orchestration.resources.locks import EVENTS

# The forms that PostgreSQL's binary COPY expects.
CASTS = {
    "uuid": "unhex(replace({}, '-', ''))",
    "jsonb": "'\\x01'::blob || encode({})",
    "smallint": "{}::smallint",
    "integer": "{}::integer",
}
# The same as the macro utc in duckdb_macros.sql.
DAY_COUNTS = """
    select
        make_timestamp(epoch_us(occurred_at))::date as day,
        count(*) filter (where not is_bot) as events,
        count(*) filter (where is_bot) as crawlers
    from rows
    group by day
"""
LAST_SEEN = f"""
    select {", ".join(SEEN)} from rows where not is_bot and occurred_at > now() - interval 30 minutes
    qualify row_number() over (
        partition by site, account_id, client_visitor_id, anonymous_id, client_session_id order by occurred_at desc
    ) = 1
"""  # noqa: S608 - the names are our own


class EventCopier:
    """Loads one batch of events after the other, all by the same process; others may load too."""

    def __init__(self) -> None:
        self._duckdb = locked_duckdb({"threads": 1})

    def load(self, connection: adbc.Connection, rows: pa.Table) -> int:
        """Load ``rows`` and commit; return how many were new. Falls back to ``load_events`` if some are known."""
        lock(connection)
        ids = rows["event_id"].combine_chunks()
        corrected = ids.filter(pc.is_valid(rows["client_occurred_at"].combine_chunks()))
        has_another = pc.is_in(ids, value_set=pa.concat_arrays([corrected_among(connection, ids), corrected]))
        others = rows.filter(pc.invert(has_another))
        try:
            self._copy(connection, others)
            new = len(others)
            if len(others) < len(rows):
                new += load_events(connection, rows.filter(has_another))
        except adbc.IntegrityError:  # some of them were sent before
            connection.rollback()
            lock(connection)
            new = load_events(connection, rows)
        connection.commit()
        return new

    def _copy(self, connection: adbc.Connection, rows: pa.Table) -> None:
        if not len(rows):
            return
        self._duckdb.register("rows", rows)
        with connection.cursor() as cursor:
            typed = self._typed(rows, column_types(cursor, "raw.events"))
            cursor.adbc_ingest("events", typed, mode="append", db_schema_name="raw")
            counts = self._duckdb.execute(DAY_COUNTS).to_arrow_table()
            cursor.adbc_ingest("day_counts", counts, mode="append", db_schema_name="raw")
            seen = self._duckdb.execute(LAST_SEEN).to_arrow_table()
            cursor.adbc_ingest("loading", seen, mode="create", temporary=True)
            see_visitors(cursor)

    def _typed(self, rows: pa.Table, types: Mapping[str, str]) -> pa.Table:
        """Return ``rows`` in the types of PostgreSQL's columns; most have them already."""
        casts = {name: CASTS.get(types[f'"{name}"']) for name in rows.column_names}
        values = [f"{cast.format(name)} as {name}" for name, cast in casts.items() if cast]
        typed = self._duckdb.execute(f"select {', '.join(values)} from rows").to_arrow_table()  # noqa: S608
        columns = [(typed if cast else rows)[name] for name, cast in casts.items()]
        return pa.Table.from_arrays(columns, names=list(casts))


def corrected_among(connection: adbc.Connection, ids: "pa.Array[Any]") -> "pa.Array[Any]":
    """Return those of ``ids`` whose event had its time corrected, from any source.

    They are looked up, not kept in memory, since strangers decide how many there are.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select event_id::text from raw.corrected_events where event_id = any(string_to_array($1, ',')::uuid[])",
            [",".join(map(str, ids.to_pylist()))],
        )
        return cursor.fetch_arrow_table()[0].combine_chunks()


def lock(connection: adbc.Connection) -> None:
    """Keep other collectors from loading until the transaction ends: they may have the same events in another order."""
    with connection.cursor() as cursor:
        cursor.execute(f"lock table locks.{EVENTS} in exclusive mode")
