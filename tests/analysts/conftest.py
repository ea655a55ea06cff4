from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access.analysts import add_analyst, analyst_url, remove_analyst
from orchestration.resources.postgres import connect
from tests.analysts.readers import SITE, write_events, write_repository
from tests.installation import Installation
from tests.rollups.building import MODELS, REFRESHED, Warehouse


@pytest.fixture(scope="session")
def tiny_site(make_installation, tmp_path_factory) -> Installation:
    """The site of ``readers``, built."""
    installation = make_installation("tiny_site")
    repository = write_repository(tmp_path_factory.mktemp("tiny_repository"))
    installation.dogear("site", "add", SITE, "--repository", str(repository))
    file = write_events(tmp_path_factory.mktemp("tiny") / "events.ndjson")
    installation.dogear("import", str(file))
    installation.execute(f"insert into content.goals (site, goal, event_type) values ('{SITE}', 'bought', 'click')")
    warehouse = Warehouse.of(installation)
    warehouse.build(select=MODELS)
    warehouse.refresh(*REFRESHED)
    return installation


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
