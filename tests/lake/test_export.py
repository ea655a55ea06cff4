"""Days of raw.events into Parquet: what PostgreSQL holds is what DuckDB reads."""

import json
from datetime import date
from pathlib import Path

import pytest

from orchestration.errors import DogearError
from orchestration.lake.columns import columns_of
from orchestration.lake.compare import compare_days
from orchestration.lake.export import export_days
from orchestration.lake.reader import make_events
from orchestration.lake.storage import open_lake
from orchestration.lake.tables import EVENTS
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.resources.postgres import connect

MAY_1, MAY_2, MAY_3 = (date(2026, 5, day) for day in (1, 2, 3))


def test_every_column_of_every_row_reads_the_same_from_the_lake(lake):
    lake.add(MAY_1, 50)
    lake.add(MAY_2, 3)
    assert lake.export() == [MAY_1, MAY_2]

    columns = [
        name
        for (name,) in lake.rows(
            "select attname from pg_attribute where attrelid = 'raw.events'::regclass and attnum > 0 "
            "order by attname = 'properties', attnum"
        )
    ]
    question = f"select {', '.join(columns)} from raw.events order by event_id"
    in_lake = lake.read(question)
    assert columns[-1] == "properties"
    assert [(*row[:-1], json.loads(row[-1])) for row in in_lake] == lake.rows(question)
    assert len(in_lake) == 53
    assert lake.read("select day, count(*) from raw.events group by all order by all") == [(MAY_1, 50), (MAY_2, 3)]


def test_both_engines_compute_the_same_checksum(lake):
    lake.add(MAY_1, 500)
    lake.export()
    (found,) = compare_days(lake.url, lake.settings, open_duckdb(lake.settings))
    assert (found.verdict, found.expected.rows) == ("equal", 500)
    assert found.expected == found.found
    assert lake.rows("select verdict, postgres_checksum = lake_checksum from lake.checks") == [("equal", True)]


def test_late_events_of_a_day_and_no_other_have_it_written_again(lake):
    lake.add(MAY_1)
    lake.add(MAY_2)
    lake.export()
    assert lake.changed() == []
    lake.add(MAY_1, until=24, since=21)
    assert lake.changed() == [MAY_1]
    assert lake.export() == [MAY_1]
    assert lake.read("select count(*) from raw.events where day = '2026-05-01'") == [(24,)]
    assert lake.export() == []


def test_a_connection_is_kept_from_day_to_day_and_another_opened_where_the_server_ended_it(lake):
    for day in (MAY_1, MAY_2, MAY_3):
        lake.add(day)
    of_days = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    exported = export_days(lake.url, lake.settings, open_duckdb(lake.settings), [MAY_1, MAY_2, MAY_3])
    assert next(exported).day == MAY_1
    kept = lake.rows(of_days)
    assert next(exported).day == MAY_2
    assert lake.rows(of_days) == kept
    lake.rows(f"select pg_terminate_backend(pid, 10000) from ({of_days}) as exporting")
    assert [done.day for done in exported] == [MAY_3]
    assert lake.read("select day, count(*) from raw.events group by all order by all") == [
        (MAY_1, 20),
        (MAY_2, 20),
        (MAY_3, 20),
    ]


def test_one_crawler_is_a_change_too(lake):
    lake.add(MAY_1)
    lake.export()
    lake.add(MAY_1, until=24, since=24)
    assert lake.rows("select sum(crawlers), sum(events) from raw.day_counts") == [(6, 15)]
    assert lake.changed() == [MAY_1]


def test_columns_that_came_later_are_empty_in_old_files(lake):
    lake.add(MAY_1)
    lake.export()
    lake.rows("alter table raw.events add column reaction text")
    lake.add(MAY_2)
    lake.rows("update raw.events set reaction = 'like'")
    lake.export()
    assert lake.read("select day, reaction, count(*) from raw.events group by all order by all") == [
        (MAY_1, None, 20),
        (MAY_2, "like", 20),
    ]
    assert lake.rows("select day, schema_version from lake.days order by day") == [(MAY_1, 1), (MAY_2, 2)]


def test_the_warehouse_has_a_column_of_which_no_file_knows(lake):
    lake.add(MAY_1)
    lake.export()
    lake.rows("alter table raw.events add column reaction text")
    with connect(lake.url) as connection, open_duckdb(lake.settings) as engine:
        engine.execute("create schema raw")
        make_events(engine, open_lake(lake.settings.lake), columns_of(connection, EVENTS))
        assert engine.execute("select reaction, count(*) from raw.events group by all").fetchall() == [(None, 20)]


def test_files_are_sorted_by_owner_and_time_and_say_so_to_any_reader(lake):
    lake.add(MAY_1, 50)
    lake.export()
    import pyarrow.parquet as pq

    table = pq.read_table(lake.file(MAY_1), partitioning=None)
    keys = list(zip(*(table[name].to_pylist() for name in ("user_code", "occurred_at")), strict=True))
    assert keys == sorted(keys)
    group = pq.ParquetFile(lake.file(MAY_1)).metadata.row_group(0)
    assert {group.column(n).compression for n in range(group.num_columns)} == {"ZSTD"}
    assert [file.name for file in Path(lake.settings.lake).rglob("*") if file.is_file()].count("events.parquet") == 1


def test_an_empty_lake_says_what_to_do(lake):
    with pytest.raises(DogearError, match=r"no day was exported yet. Try: dogear lake export"):
        lake.read("select 1")
