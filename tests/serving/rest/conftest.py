"""The web process, about the three sites, with a key of each kind of caller."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration.access.accounts import add_account
from orchestration.access.keys import add_key
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
from serving.app import build_app
from tests.installation import Installation
from tests.serving.access.conftest import LOGIN, as_web
from tests.serving.rest.asked import Program
from tests.serving.served import served


@contextmanager
def web_process(database_url: str, home: Path, **more: object) -> Iterator[str]:
    """The web process of a database, as its own role; yields its URL."""
    with connect(database_url) as connection:
        if connection.execute("select to_regrole(%s)", [LOGIN]).fetchone() == (None,):
            connection.execute(f"create role {LOGIN} login in role dogear_web".encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", as_web(database_url))
        settings = Settings(home=home, rate_limit_free=0, rate_limit_pro=0, **more)  # pyright: ignore[reportArgumentType]
    with served(build_app(settings)) as url:
        yield url


@pytest.fixture(scope="module")
def url(three_sites: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with web_process(three_sites.database_url, tmp_path_factory.mktemp("web")) as url:
        yield url


@pytest.fixture(scope="session")
def keys(three_sites: Installation) -> dict[str, str]:
    """A key of each owner, of an admin, and one that is limited to one of the sites of an owner."""
    database_url = three_sites.database_url
    for name, role in (("ada", "owner"), ("zorro", "owner"), ("root", "admin")):
        add_account(database_url, name, role, [name])
    whole = {name: add_key(database_url, "program", account=name) for name in ("ada", "zorro", "root")}
    return {**whole, "limited": add_key(database_url, "limited", site="second.example")}


@pytest.fixture(scope="module")
def programs(url: str, keys: dict[str, str]) -> dict[str, Program]:
    return {name: Program(url, key) for name, key in keys.items()}
