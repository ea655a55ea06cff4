"""An old table of events as a Parquet file in the lake, beside the events that were imported from it.

Text that looks like an address, of machines or people, is masked there; the rest is as it was.
"""

from datetime import UTC, datetime
from urllib.parse import quote

import duckdb
import pyarrow as pa

from orchestration.errors import DogearError
from orchestration.events.addresses import ANY_ADDRESS
from orchestration.events.event_preparer import sql
from orchestration.events.legacy.legacy_reader import LEGACY_ROWS
from orchestration.events.legacy.legacy_table import LegacyTable, check_rows, table_rows
from orchestration.lake.storage import open_lake
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings

ARCHIVE = f"""
    copy (
        select
            row_id as id,
            event_type,
            without_email(regexp_replace(event_data, '{ANY_ADDRESS.pattern}', '[client]', 'g')) as event_data,
            created_at
        from source_rows
    ) to $file (format parquet, compression zstd)
"""  # noqa: S608 - the pattern is our own


def archive_rows(settings: Settings, table: LegacyTable, rows_read: int) -> str:
    """Write the table to the lake and return its path there: id, event_type, event_data and created_at, all as text.

    Raises DogearError, and writes nothing, if it does not hold ``rows_read`` rows any more.
    """
    storage = open_lake(settings.lake)
    now = datetime.now(UTC)
    name = f"legacy/{quote(f'{table.schema}.{table.name}', safe='.')}-{now:%Y%m%dT%H%M%SZ}.parquet"
    file = storage.room_for_unfinished(settings.spill_folder)
    batches = (batch for rows in table_rows(table) for batch in rows.cast(LEGACY_ROWS).to_batches())
    try:
        with open_duckdb(settings) as engine:
            engine.execute(sql("duckdb_macros"))
            engine.register("source_rows", pa.RecordBatchReader.from_batches(LEGACY_ROWS, batches))
            written = engine.execute(ARCHIVE, {"file": str(file)}).fetchall()[0][0]
        check_rows(table, written, rows_read)
        storage.publish(file, name)
    except duckdb.Error as error:
        raise DogearError(f"{table.place} is not archived: {str(error).splitlines()[0]}") from None
    finally:
        file.unlink(missing_ok=True)
    return storage.place(name)
