"""One PostgreSQL server for the whole session; each test that asks gets a database of its own, made from a template."""

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.resources.database import ensure_database
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect, with_database
from orchestration.settings import PROJECT_ROOT
from tests.installation import Installation

SEMICOMPLETE = PROJECT_ROOT.parent / "shared" / "data" / "semicomplete"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a running PostgreSQL that promises no durability, which makes tests quick and changes nothing else."""
    folder = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(folder, fsync="off", synchronous_commit="off", full_page_writes="off") as url:
        ensure_database(url, "template_dogear")
        migrate(with_database(url, "template_dogear"))
        yield url


@contextmanager
def database_of_its_own(server_url: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    with connect(server_url) as connection:
        connection.autocommit = True
        connection.execute(f"create database {name} template template_dogear")
    yield with_database(server_url, name)
    with connect(server_url) as connection:
        connection.autocommit = True
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def database_url(server_url: str) -> Iterator[str]:
    """URL of an empty, migrated database for one test."""
    with database_of_its_own(server_url) as url:
        yield url


@pytest.fixture
def other_database_url(server_url: str) -> Iterator[str]:
    """URL of another one, to compare."""
    with database_of_its_own(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def semicomplete() -> Path:
    """Folder of the real log and site. Skips where it is absent, but never under CI."""
    if not SEMICOMPLETE.exists() and os.environ.get("CI") != "true":
        pytest.skip(f"{SEMICOMPLETE} is absent")
    return SEMICOMPLETE


@pytest.fixture(scope="session")
def make_installation(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Installation]:
    """Make an installation; ``settings`` are DOGEAR_* variables without their prefix."""

    def make(name: str, **settings: object) -> Installation:
        with connect(server_url) as connection:
            connection.autocommit = True
            connection.execute(f"create database {name} template template_dogear")
        url = with_database(server_url, name)
        home = tmp_path_factory.mktemp(name)
        variables = {"HOME": home, "DAGSTER_DATABASE": f"{name}_dagster", **settings}
        environment = {f"DOGEAR_{key}": str(value) for key, value in variables.items()}
        return Installation({"DATABASE_URL": url, **environment}, url)

    return make


@pytest.fixture(scope="session")
def real_site(
    make_installation: Callable[..., Installation], semicomplete: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """The semicomplete log and site, imported and built."""
    site = tmp_path_factory.mktemp("semicomplete") / "site"
    subprocess.run(["git", "clone", "--quiet", semicomplete / "site.bundle", site], check=True)
    installation = make_installation("real_site")
    installation.dogear("site", "add", "semicomplete.com", "--user-code", "jordan", "--repository", str(site))
    installation.dogear("import", str(semicomplete / "access.log.gz"))
    installation.dogear("build")
    return installation
