"""Events into ``raw.events``: each once, however often and from wherever it comes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyarrow as pa

from orchestration.resources.bulk_load import column_types, one_row

if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc

HERE = Path(__file__).parent / "load_sql"
# The columns of an event that see_visitors.sql needs besides its site.
SEEN = (
    *("site", "user_code", "occurred_at", "account_id", "client_visitor_id", "anonymous_id", "client_session_id"),
    *("is_bot", "page_path", "page_title", "referrer_host", "country_code", "device_type"),
)
NEEDED = ("event_id", "received_at", "client_occurred_at", *SEEN)


def load_events(
    connection: "adbc.Connection", rows: pa.Table | pa.RecordBatchReader, *, file_id: UUID | None = None
) -> int:
    """Load ``rows``, as export_events.sql gives them; return how many were new.

    With ``file_id``, that of a log of their site, lines that other files of the site hold as well are not new.

    Columns that are all empty may be left out, except NEEDED. The partitions of the days must exist. Current visitors
    of a site are written to ``live.visitors`` too. Runs inside the connection's transaction and does not commit.
    """
    columns = [f'"{name}"' for name in rows.schema.names]
    with connection.cursor() as cursor:
        types = column_types(cursor, "raw.events")
        values = ", ".join(f"{column}::{types[column]}" for column in columns)
        cursor.adbc_ingest("loading", rows, mode="create", temporary=True)
        if file_id is not None:
            cursor.execute(sql("leave_out_copies"), [str(file_id)])
        cursor.execute(sql("insert_events").format(columns=", ".join(columns), values=values))
        (written,) = one_row(cursor)
        see_visitors(cursor)
    return int(written)


def see_visitors(cursor: Any) -> None:
    """Record the current visitors in pg_temp.loading, and drop that table."""
    cursor.execute(sql("see_visitors"))
    cursor.execute("drop table pg_temp.loading")


def sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text()
