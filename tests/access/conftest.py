"""Connections of a role that has the rights of the web process, and a stand-in for what checks credentials."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from orchestration.resources.postgres import connect
from tests.access.two_tenants import add_tenants
from tests.conftest import database_of_its_own
from tests.installation import Installation

# In place of functions that check a credential: anyone who asks is let in.
LET_IN = """
    create or replace function access.let_in(user_codes text[], sites text[] default null) returns void
    language sql security definer set search_path = pg_catalog, pg_temp as $$
        select access.set_scope('1', 'owner', 'free', let_in.user_codes, let_in.sites)
    $$;
    select ops.open_to_web();
"""


class Web:
    """A database, as its owner and as the web process reach it."""

    def __init__(self, database_url: str, role: str) -> None:
        self.database_url = database_url
        self.url = make_conninfo(database_url, user=role)

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url)


@contextmanager
def web_role(database_url: str) -> Iterator[Web]:
    """Make a login role with the rights of the web process."""
    role = f"web_{uuid4().hex}"
    with connect(database_url) as connection:
        connection.execute(LET_IN.encode())
        connection.execute(sql.SQL("create role {} login in role dogear_web").format(sql.Identifier(role)))
    yield Web(database_url, role)
    with connect(database_url) as connection:
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


@pytest.fixture(scope="module")
def web(server_url: str) -> Iterator[Web]:
    """An empty database. Every role may make temporary tables there, as in any copy of a database."""
    with database_of_its_own(server_url) as url, web_role(url) as web:
        yield web


@pytest.fixture(scope="session")
def tenants(make_installation: Callable[..., Installation], tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two owners with every mart built."""
    return add_tenants(make_installation("tenants", has_tables=True), tmp_path_factory.mktemp("repositories"))


@pytest.fixture(scope="module")
def web_of_tenants(tenants: Installation) -> Iterator[Web]:
    with web_role(tenants.database_url) as web:
        yield web
