"""The database as the web process reaches it: by a login role that may call what checks a credential, and no more."""

from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access import passwords
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server
from orchestration.settings import Settings
from tests.conftest import database_of_its_own
from tests.serving.access.served import Browser, serve

LOGIN = "dogear_web_of_tests"
SITES = "insert into content.sites (site, user_code) values ('ada.example', 'ada'), ('bob.example', 'bob')"


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Passwords are hashed with less memory, which makes tests quick and changes nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "KIBIBYTES", 64)
        yield


def as_web(owner_url: str) -> str:
    return Server({**Server.of(owner_url).parameters, "user": LOGIN}).url


@pytest.fixture(scope="module")
def owner_url(server_url: str) -> Iterator[str]:
    """URL of one database for all tests of a module, with two sites of two owners, as commands have it."""
    with database_of_its_own(server_url) as url:
        with connect(url) as connection:
            connection.execute(SITES)
            if connection.execute("select to_regrole(%s)", [LOGIN]).fetchone() == (None,):
                connection.execute(f"create role {LOGIN} login in role dogear_web".encode())
        yield url


@pytest.fixture
def web_url(owner_url: str) -> str:
    """The same, without an account, as the web process has it."""
    with connect(owner_url) as connection:
        connection.execute("delete from access.accounts")
        connection.execute("delete from access.attempts")
    return as_web(owner_url)


@pytest.fixture
def web(web_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(web_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def operator(owner_url: str, web_url: str) -> Iterator[psycopg.Connection]:
    """A command's connection, as the owner of the database."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def served(owner_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL under which the routes of access are served, without limits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", as_web(owner_url))
        settings = Settings(home=tmp_path_factory.mktemp("home"), rate_limit_free=0, rate_limit_pro=0)
    with serve(settings) as url:
        yield url


@pytest.fixture
def browser(served: str, operator: psycopg.Connection) -> Browser:
    return Browser(served)
