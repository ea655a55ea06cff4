"""A lake as the lake stage writes it, without the lake stage: every day of raw.events as a Parquet file."""

from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb

from orchestration.lake.content_tables import copy_table


def write_lake(database_url: str, lake: Path) -> None:
    with adbc.connect(database_url) as postgres, duckdb.connect() as duck:
        duck.execute("set TimeZone = 'UTC'")
        copy_table(postgres, "raw.events", duck)
        for (day,) in duck.execute("select distinct cast(occurred_at as date) from raw.events").fetchall():
            folder = lake / "events" / f"day={day}"
            folder.mkdir(parents=True)
            duck.execute(f"create temp view day as from raw.events where cast(occurred_at as date) = '{day}'")
            duck.execute(f"copy (from day) to '{folder}/events.parquet' (format parquet)")
            duck.execute("drop view day")
