"""Errors of servers and our own are distinguished by what real servers and libraries say."""

from collections.abc import Callable

import pytest
import sqlalchemy

import orchestration.resources.dagster_storage  # noqa: F401 - makes its plugin known
from orchestration.resources.server import Server
from orchestration.resources.server_faults import server_fault


def by_psycopg(server: Server, statement: str) -> None:
    with server.psycopg() as connection:
        connection.execute(statement.encode())


def by_adbc(server: Server, statement: str) -> None:
    with server.adbc() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


def by_sqlalchemy(server: Server, statement: str) -> None:
    engine = sqlalchemy.create_engine(server.dagster_url())
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def raised(ask: Callable[[Server, str], None], url: str, statement: str) -> Exception:
    with pytest.raises(Exception, match=r".") as caught:
        ask(Server.of(url), statement)
    return caught.value


@pytest.mark.parametrize("ask", [by_psycopg, by_adbc, by_sqlalchemy])
def test_what_a_server_does_is_a_sentence_and_what_we_do_wrong_is_not(database_url, ask):
    fault = server_fault(raised(ask, database_url, "select pg_terminate_backend(pg_backend_pid())"))
    assert fault is not None
    assert "Unfinished work was rolled back" in fault
    assert "\n" not in fault
    assert "could not open file" in str(server_fault(raised(ask, database_url, "select pg_read_file('/nowhere')")))
    assert server_fault(raised(ask, database_url, "select 1 / 0")) is None
    assert server_fault(raised(ask, database_url, "select wrong")) is None


def test_an_error_of_ours_that_came_of_a_servers_is_the_servers(database_url):
    error = ValueError("of ours")
    assert server_fault(error) is None
    error.__cause__ = raised(by_psycopg, database_url, "select pg_terminate_backend(pg_backend_pid())")
    assert server_fault(error) is not None
