"""What a role that is no superuser can close to the other roles of its server, and what it says is left to them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
import pytest

from orchestration.access.analysts import left_to_everybody
from orchestration.resources.migrations import migrate
from orchestration.settings import PROJECT_ROOT
from tests.resources.foreign_server import ForeignServer

# What any role of a server may do in any of its databases, unless somebody has closed it.
ACTS = {
    "make temporary tables": "create temporary table mine ()",
    "make large objects": "select lo_create(0)",
    "write to the log": "select pg_logical_emit_message(false, 'a', 'b')",
    "hold advisory locks": "select pg_try_advisory_lock(1)",
}
# The block of docs/servers.md.
BY_AN_ADMINISTRATOR = re.findall(r"^do \$\$.*?\$\$;$", (PROJECT_ROOT / "docs" / "servers.md").read_text(), re.M | re.S)
numbers = count()


@contextmanager
def database(server: ForeignServer, *grants: str) -> Iterator[tuple[str, str]]:
    """A migrated database: its name, and the URL of the role ``me``, which owns it where nothing is granted."""
    name = f"rights_{next(numbers)}"
    server.execute(
        "create database {} owner {} encoding 'UTF8' template template0", name, "postgres" if grants else "me"
    )
    for grant in grants:
        server.execute(grant, name)
    url = server.socket_url("me", name)
    migrate(url)
    yield name, url


@pytest.fixture(scope="module")
def server(server: ForeignServer) -> ForeignServer:
    for role in ("me", "stranger"):
        server.execute("create role {} login", role)
    return server


def done_by_a_stranger(server: ForeignServer, name: str) -> list[str]:
    """Which of ACTS another role of the server is let do."""
    done = []
    with psycopg.connect(server.socket_url("stranger", name), autocommit=True) as connection:
        for what, statement in ACTS.items():
            try:
                connection.execute(statement.encode())
                done.append(what)
            except psycopg.errors.InsufficientPrivilege:
                pass
    return done


def open_to_a_stranger(server: ForeignServer, name: str) -> list[tuple]:
    """Schemas of ours that another role may look into, and functions in them that it may call."""
    question = """
        select nspname, proname
        from pg_namespace as n
        left join pg_proc as p on pronamespace = n.oid and has_function_privilege(p.oid, 'execute')
        where
            nspname in ('access', 'analytics', 'content', 'lake', 'live', 'locks', 'ops', 'raw', 'scoped')
            and (proname is not null or has_schema_privilege(n.oid, 'usage, create'))
    """
    with psycopg.connect(server.socket_url("stranger", name)) as connection:
        return connection.execute(question).fetchall()


def test_an_owner_closes_temporary_tables_and_says_what_is_left(server: ForeignServer):
    with database(server) as (name, url):
        left = ["make large objects", "write to the log", "hold advisory locks"]
        assert left_to_everybody(url) == done_by_a_stranger(server, name) == left
        (statement,) = BY_AN_ADMINISTRATOR
        server.execute(statement, database=name)
        assert left_to_everybody(url) == done_by_a_stranger(server, name) == []
        assert open_to_a_stranger(server, name) == []
        # The owner itself needs temporary tables, and has them.
        with psycopg.connect(url) as connection:
            connection.execute("create temporary table mine ()")


def test_who_may_only_make_schemas_closes_nothing_of_the_database_and_says_so(server: ForeignServer):
    with database(server, "grant create, temporary on database {} to me") as (name, url):
        assert left_to_everybody(url) == done_by_a_stranger(server, name) == list(ACTS)
        server.execute("revoke temporary on database {} from public", name)
        assert left_to_everybody(url) == done_by_a_stranger(server, name) == list(ACTS)[1:]
        assert open_to_a_stranger(server, name) == []
