from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access.analysts import add_analyst, analyst_url, remove_analyst
from orchestration.resources.postgres import connect
from tests.installation import Installation


@pytest.fixture(scope="session")
def ask(tiny_site):
    """Rows of a function of schema analytics on the tiny site."""

    def ask(call: str, *arguments: object) -> list[tuple]:
        with connect(tiny_site.database_url) as connection:
            return connection.execute(f"select * from analytics.{call}".encode(), arguments).fetchall()

    return ask


@pytest.fixture
def analyst(tiny_site: Installation) -> Iterator[psycopg.Connection]:
    """A connection of a new analyst."""
    url = tiny_site.database_url
    password = add_analyst(url, "ada")
    with psycopg.connect(analyst_url(url, "ada", password), autocommit=True) as connection:
        yield connection
    remove_analyst(url, "ada")
