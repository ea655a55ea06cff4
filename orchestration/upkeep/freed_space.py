"""Let nothing of deleted rows stay in PostgreSQL's files: a plain vacuum frees their bytes, and leaves them there."""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import psycopg

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_run import READ_AROUND

TABLES = Path(__file__).with_name("tables_of_visitors.sql").read_bytes()
# Seconds. A reader of a table keeps its rewrite waiting, and all later sessions wait for the rewrite.
LONGEST_WAIT = 30.0
LOOK_EVERY = 0.1
# Of a table as a whole, statistics hold values of all its partitions.
PARTITIONED = """
    select distinct of_table::text
    from ops.day_partitions
    where exists (select from pg_stats where schemaname || '.' || tablename = table_name)
    order by 1
"""
# ANALYZE's most frequent values of a column, and older ones.
STATISTICS = "pg_catalog.pg_statistic"
# A rewrite also copies the rows that these may still read.
OLDER_READERS = """
    select from pg_stat_activity
    where
        datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
        and backend_xmin is not null and xact_start < %s
"""


def rewrite_tables(database_url: str, days: Sequence[date], longest_wait: float = LONGEST_WAIT) -> None:
    """Rewrite the tables without the deleted rows, partitions of ``days`` alone; then end the old write-ahead log.

    Each is closed to others meanwhile. Raises DogearError if others do not release one within ``longest_wait``
    seconds. PostgreSQL skips what is not ours: the statistics in a database of another owner.
    """
    with connect(database_url) as connection:
        connection.autocommit = True
        connection.execute("select set_config('lock_timeout', %s, false)", [f"{longest_wait * 1000:.0f}ms"])
        connection.execute("set statement_timeout = 0")
        wait_for_older_readers(connection, longest_wait)
        said = {"days": list(days), "around": READ_AROUND}
        tables = [table for (table,) in connection.execute(TABLES, said).fetchall()]
        wholes = [table for (table,) in connection.execute(PARTITIONED).fetchall()]
        commands = [
            *((table, f"vacuum (full, analyze) {table}") for table in tables),
            *((table, f"analyze {table}") for table in wholes),
            (STATISTICS, f"vacuum (full, analyze) {STATISTICS}"),
        ]
        for table, command in commands:
            try:
                connection.execute(command.encode())
            except psycopg.errors.LockNotAvailable:
                raise bytes_left(f"{table} is in use") from None
        end_log(connection)


def wait_for_older_readers(connection: psycopg.Connection, longest_wait: float) -> None:
    """Wait until no older transaction sees the rows any more. Raises DogearError if that takes long."""
    ((now,),) = connection.execute("select clock_timestamp()").fetchall()
    deadline = time.monotonic() + longest_wait
    while connection.execute(OLDER_READERS, [now]).rowcount:
        if time.monotonic() > deadline:
            raise bytes_left("a transaction that began before may still read them")
        time.sleep(LOOK_EVERY)


def bytes_left(why: str) -> DogearError:
    return DogearError(f"The rows are erased, and their bytes are still in PostgreSQL's files: {why}.")


def end_log(connection: psycopg.Connection) -> None:
    """Release the old files of the write-ahead log, if the role may; the embedded server's may."""
    try:
        connection.execute("select pg_switch_wal()")
        connection.execute("checkpoint")
    except psycopg.errors.InsufficientPrivilege:
        return
