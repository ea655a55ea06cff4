"""One PostgreSQL server for the whole session; each test that asks gets a database of its own, made from a template."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict

from orchestration.resources.database import ensure_database
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect, with_database
from tests.installation import Installation
from tests.memory import folder_in_memory
from tests.parsing import Parsed, database_name
from tests.pure import is_pure
from tests.rollups.building import Warehouse
from tests.scheduling import GROUP_OF_SITES, WholeFiles, group_of
from tests.shared import shared

# What takes longest, longest first, so that no worker begins with it while the other has nothing left.
LONGEST = (
    GROUP_OF_SITES,
    "tests/e2e/test_up.py",
    "tests/e2e/test_wheel.py",
    "tests/warehouse/test_two_engines.py",
    "tests/resources/test_foreign_servers.py",
    "tests/rollups/test_rebuilds.py",
    "tests/serving/collector/test_faults.py",
    "tests/rollups/test_sensors.py",
    "tests/upkeep/test_erase.py",
    "tests/rollups/test_killed_build.py",
    "tests/e2e/test_late_events.py",
    "tests/resources/test_job_queue.py",
    "tests/upkeep/test_nothing_is_left.py",
    "tests/serving/collector/test_collect.py",
    "tests/serving/collector/test_contract.py",
    "tests/rollups/test_any_order.py",
    "tests/serving/monitoring/test_running.py",
    "tests/rollups/test_session_model.py",
    "tests/e2e/test_collected.py",
    "tests/e2e/cases/test_attention.py",
    "tests/e2e/cases/test_paths.py",
    "tests/rollups/test_dbt_unit_tests.py",
)
pytest_plugins = ["tests.sites", "tests.webhooks.receiver"]
TEMPLATE = "template_dogear"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pure", action="store_true", help="only tests that start no server, browser, dbt or process")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not asked for, and put the longest files first."""
    if config.getoption("pure"):
        config.hook.pytest_deselected(items=[item for item in items if not is_pure(item)])
        items[:] = filter(is_pure, items)
    places = {group: place for place, group in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(group_of(item.nodeid.partition("::")[0]), len(places)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    return WholeFiles(config, log)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a running PostgreSQL that promises no durability, which makes tests quick and changes nothing else."""
    with (
        folder_in_memory(tmp_path_factory.mktemp("postgres")) as folder,
        EmbeddedPostgres(folder, fsync="off", synchronous_commit="off", full_page_writes="off") as url,
    ):
        ensure_database(url, TEMPLATE)
        migrate(with_database(url, TEMPLATE))
        yield url


def create_database(server_url: str, template: str = TEMPLATE) -> str:
    """URL of an empty, migrated database; or of a copy of ``template``, to which nobody may be connected."""
    name = database_name()
    with connect(server_url) as connection:
        connection.autocommit = True
        # Without the log of every page, which nobody reads again here.
        connection.execute(f"create database {name} template {template} strategy file_copy".encode())
    return with_database(server_url, name)


@contextmanager
def database_of_its_own(server_url: str, template: str = TEMPLATE) -> Iterator[str]:
    url = create_database(server_url, template)
    yield url
    with connect(server_url) as connection:
        connection.autocommit = True
        connection.execute(f"drop database {conninfo_to_dict(url)['dbname']} with (force)".encode())


@pytest.fixture(scope="session")
def parsed(pytestconfig: pytest.Config) -> Parsed:
    """The parsed project; kept from one run of tests to the next, since it holds what it was parsed from."""
    return Parsed(pytestconfig.cache.mkdir("dbt"))


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """URL of an empty, migrated database for one test."""
    with database_of_its_own(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def built_template(server_url: str, parsed: Parsed, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database in which dbt has made all that it makes for a build of days, without a row in it.

    To make its tables, views and seeds takes dbt longer than to build a day, and most tests are about days.
    """
    url = create_database(server_url)
    home = tmp_path_factory.mktemp("built_template")
    parsed.give(url, home)
    Warehouse(url, home).build_tables()
    return str(conninfo_to_dict(url)["dbname"])


@pytest.fixture
def built_database_url(server_url: str, built_template: str) -> Iterator[str]:
    """URL of a copy of it for one test."""
    with database_of_its_own(server_url, built_template) as url:
        yield url


@pytest.fixture
def other_database_url(server_url: str) -> Iterator[str]:
    """URL of another one, to compare."""
    with database_of_its_own(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def semicomplete() -> Path:
    """Folder of the real log and site. Skips where it is absent, but never under CI."""
    return shared("data/semicomplete")


@pytest.fixture(scope="session")
def make_installation(
    server_url: str, parsed: Parsed, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[..., Installation]:
    """Make an installation; ``settings`` are DOGEAR_* variables without their prefix.

    With ``like`` its database is a copy of that one's, as it is now; with ``has_tables``, of ``built_template``.
    """

    def make(name: str, like: Installation | None = None, has_tables: bool = False, **settings: object) -> Installation:
        template = request.getfixturevalue("built_template") if has_tables else TEMPLATE
        url = create_database(server_url, str(conninfo_to_dict(like.database_url)["dbname"]) if like else template)
        home = tmp_path_factory.mktemp(name)
        parsed.give(url, home)
        variables = {"HOME": home, **settings}
        environment = {f"DOGEAR_{key}": str(value) for key, value in variables.items()}
        return Installation({"DATABASE_URL": url, **environment}, url)

    return make
