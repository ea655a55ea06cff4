"""dbt's connections to PostgreSQL last from one node to the next, and no longer than they are good."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace
from typing import Any

import psycopg2.errors
import pytest
from dbt.adapters.contracts.connection import Connection
from dbt.adapters.postgres.connections import PostgresCredentials

from orchestration.days import DayRange
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_connections import KeptConnections
from tests.rollups.building import Warehouse
from tests.serving.collector.running import until

OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
SESSIONS = "select sessions from pg_stat_database where datname = current_database()"


def sessions(url: str) -> int:
    """How many connections the database has had; those that have ended are all counted."""
    with connect(url) as connection:
        connection.autocommit = True
        until(lambda: connection.execute(OTHERS).fetchone() == (0,))
        ((count,),) = connection.execute(SESSIONS).fetchall()
        return count


def test_a_build_opens_a_connection_for_each_thread_and_leaves_none(warehouse: Warehouse):
    before = sessions(warehouse.url)
    warehouse.build(DayRange(date(2026, 3, 1), date(2026, 3, 1)))
    # Of 70 nodes. dbt has four threads and looks at the schemas with others; Dogear's own locks and looks are here too.
    assert sessions(warehouse.url) - before < 20


@pytest.fixture
def connections(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeptConnections]:
    monkeypatch.setenv("DBT_DATABASE_URL", database_url)
    unused: dict[str, Any] = {"host": "unused", "port": 0, "user": "", "password": "", "database": "unused"}
    profile: Any = SimpleNamespace(credentials=PostgresCredentials(**unused, schema="marts", retries=0))
    manager = KeptConnections(profile, multiprocessing.get_context("spawn"))
    yield manager
    manager.cleanup_all()


def handle_of(connection: Connection) -> Any:
    """Return psycopg2's connection, of which dbt knows no more than that it may be there."""
    return connection.handle


def process(connection: Connection) -> int:
    with handle_of(connection).cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (number,) = cursor.fetchone()
    return number


def test_a_node_leaves_its_connection_to_the_next_but_nothing_uncommitted(connections: KeptConnections):
    first = process(connections.set_connection_name("first"))
    _, cursor = connections.add_query("create table public.unfinished ()")
    connections.release()

    second = connections.set_connection_name("second")
    assert process(second) == first
    assert not second.transaction_open
    _, cursor = connections.add_query("select to_regclass('public.unfinished')")
    assert cursor.fetchone() == (None,)


def test_the_server_is_not_asked_to_roll_back_what_was_committed(connections: KeptConnections):
    node = connections.set_connection_name("node")
    connections.begin()
    connections.add_query("create table public.finished ()", auto_begin=False)
    connections.commit()
    connections.release()
    assert handle_of(node).notices == []
    connections.set_connection_name("next")
    _, cursor = connections.add_query("select to_regclass('public.finished')")
    assert cursor.fetchone() == ("finished",)


def test_a_query_is_cancelled_and_no_process_by_its_number(connections: KeptConnections, database_url: str):
    sleeping = connections.set_connection_name("sleeping")
    number = process(sleeping)
    sleep = "select pid from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active' and pid = %s"
    with ThreadPoolExecutor() as pool, connect(database_url) as watcher, handle_of(sleeping).cursor() as cursor:
        watcher.autocommit = True
        query = pool.submit(cursor.execute, "select pg_sleep(60)")
        until(lambda: watcher.execute(sleep, [number]).fetchone())
        connections.cancel(sleeping)
        with pytest.raises(psycopg2.errors.QueryCanceled):
            query.result(timeout=30)
    handle_of(sleeping).rollback()
    assert process(sleeping) == number


@pytest.mark.parametrize("after", ["another", "node"])
def test_a_connection_that_the_server_ended_is_opened_again(
    connections: KeptConnections, database_url: str, after: str
):
    def end(number: int) -> None:
        with connect(database_url) as administrator:
            administrator.execute("select pg_terminate_backend(%s, 10000)", [number])

    first = process(connections.set_connection_name("node"))
    connections.release()
    # Between two nodes, or two uses of what dbt calls "master".
    end(first)
    second = process(connections.set_connection_name(after))
    assert second != first
    # And during one, which fails.
    end(second)
    connections.release()
    assert process(connections.set_connection_name("third")) not in {first, second}
