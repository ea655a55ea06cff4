"""Roles of processes on servers of others: where the role of DATABASE_URL may make them, and through poolers."""

import re
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest

from orchestration.cli.collector_processes import PROGRAMS, own_urls
from orchestration.resources.migrations import migrate
from orchestration.resources.process_roles import COLLECTOR, GROUPS, LOADER, NoOwnRoleError, own_url
from orchestration.settings import PROJECT_ROOT
from tests.resources.foreign_server import ForeignServer, pgbouncer

PASSWORD = "secret"
PLACE = ("a folder", "8000")
# The block of docs/servers.md.
BY_AN_ADMINISTRATOR = re.findall(
    r"^alter role dogear createrole;\n.*?with admin option;$",
    (PROJECT_ROOT / "docs" / "servers.md").read_text(),
    re.M | re.S,
)


@pytest.fixture(scope="module")
def owner_url(server: ForeignServer) -> Iterator[str]:
    """URL of a migrated database, as a role that owns it and nothing else."""
    server.add_owner("dogear", PASSWORD, "processes")
    url = server.tls_url("dogear", PASSWORD, "processes")
    migrate(url)
    yield url
    server.execute("drop database processes with (force)")


def who(url: str) -> tuple:
    with psycopg.connect(url) as connection:
        return (
            connection.execute("select session_user ~ '^dogear_collector_', count(*) from content.sites").fetchone()
            or ()
        )


def test_an_owner_of_its_database_alone_has_no_roles_and_says_what_to_run(owner_url: str, capsys):
    with pytest.raises(NoOwnRoleError, match=r"may not make the role dogear_collector_\w+. An administrator must run"):
        own_url(owner_url, COLLECTOR, PLACE)
    assert set(own_urls(owner_url, PROGRAMS, PLACE).values()) == {owner_url}
    said = capsys.readouterr().out
    assert said.count("the collector has the rights of DATABASE_URL's role.") == 1
    assert PASSWORD not in said


def test_once_an_administrator_has_run_it_each_process_logs_in_by_its_password(server: ForeignServer, owner_url: str):
    (statements,) = BY_AN_ADMINISTRATOR
    # Another installation has made them already.
    for group in GROUPS:
        with suppress(psycopg.errors.DuplicateObject):
            server.execute("create role {} nologin", group)
    server.execute(statements)
    url = own_url(owner_url, COLLECTOR, PLACE)
    assert who(url) == (True, 0)
    # The next start has another password, and the one before opens nothing.
    again = own_url(owner_url, COLLECTOR, PLACE)
    assert who(again) == (True, 0)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        who(url)


def test_a_pooler_that_logs_in_with_one_role_for_all_is_noticed(server: ForeignServer, owner_url: str, capsys):
    with pgbouncer(server, "dogear", "processes", "session") as url:
        with pytest.raises(NoOwnRoleError, match=r"A pooler lets dogear_loader_[0-9a-f]+ in as dogear"):
            own_url(url, LOADER, PLACE)
        assert set(own_urls(url, PROGRAMS, PLACE).values()) == {url}
    assert "A pooler lets dogear_collector_" in capsys.readouterr().out
