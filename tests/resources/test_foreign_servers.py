"""Servers that are not our own: the marts are those of the embedded server, or a sentence says why not."""

import string
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.analysts.readers import EVENTS, SITE, write_events, write_repository
from tests.installation import Installation
from tests.resources.foreign_server import pgbouncer
from tests.rollups.building import MODELS, Warehouse

# All printable characters, but for those in the name of a database that dbt cannot write.
PASSWORD = string.printable.strip()
ROLE = f"{string.punctuation} {{{{ role }}}} -- $1 %s ü"
DATABASE = "".join(character for character in ROLE if character not in "'\"%")
# Settings that an administrator may prefer; each once stopped a command.
ODD_SETTINGS = {
    "client_encoding": "LATIN1",
    "DateStyle": "German",
    "IntervalStyle": "sql_standard",
    "TimeZone": "America/St_Johns",
    "standard_conforming_strings": "off",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "search_path": "pg_catalog",
    "default_transaction_isolation": "serializable",
    "work_mem": "64kB",
    # A pooler sets parameters of its clients under it, on a machine that may be busy.
    "statement_timeout": "2000",
    "lock_timeout": "50",
    "idle_in_transaction_session_timeout": "400",
    "idle_session_timeout": "400",
}
# Of some days in March, and some in April: each is one range to build.
MARCH, APRIL = EVENTS[:11], EVENTS[13:]


def installation_of(url: str, home: Path) -> Installation:
    return Installation({"DATABASE_URL": url, "DOGEAR_HOME": str(home)}, url)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    """A repository, and two files of events."""
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "repository").mkdir()
    parts = (MARCH, APRIL)
    files = [write_events(folder / f"{number}.ndjson", events) for number, events in enumerate(parts)]
    return str(write_repository(folder / "repository")), str(files[0]), str(files[1])


@pytest.fixture(scope="module")
def expected(make_installation: Callable[..., Installation], inputs: tuple[str, str, str]) -> dict[str, list[tuple]]:
    """The marts of the same on the embedded server."""
    installation = make_installation("embedded_twin")
    repository, *files = inputs
    installation.dogear("site", "add", SITE, "--repository", repository)
    installation.dogear("import", *files)
    Warehouse.of(installation).build(select=MODELS)
    return Warehouse.of(installation).snapshot()


def marts_through(
    installation: Installation, inputs: tuple[str, str, str], then: Installation
) -> dict[str, list[tuple]]:
    """The marts after some of the events came one way, and some another; the lake holds what PostgreSQL does."""
    repository, *files = inputs
    installation.dogear("site", "add", SITE, "--repository", repository)
    installation.dogear("import", files[0])
    installation.dogear("build")
    then.dogear("import", files[1])
    then.dogear("build")
    then.dogear("lake", "export")
    then.dogear("lake", "check")
    return Warehouse.of(installation).snapshot()


def test_an_owner_of_one_database_whose_sessions_are_odd_by_tls_and_through_a_pooler(
    server, inputs, expected, tmp_path
):
    server.add_owner(ROLE, PASSWORD, DATABASE, ODD_SETTINGS)
    direct = installation_of(server.tls_url(ROLE, PASSWORD, DATABASE), tmp_path / "home")
    with pgbouncer(server, ROLE, DATABASE, "session") as url:
        assert marts_through(direct, inputs, installation_of(url, tmp_path / "home")) == expected
    answer = direct.dogear("psql", "-Atc", "select ssl from pg_stat_ssl where pid = pg_backend_pid()")
    assert answer.stdout == "t\n"
