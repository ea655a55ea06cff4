"""The database of this installation: on the embedded server, or on the one that DATABASE_URL names."""

from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from orchestration.errors import DogearError
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect, with_database
from orchestration.resources.server import Server
from orchestration.settings import Settings

EMBEDDED_DATABASE = "dogear"


def expected_url(settings: Settings) -> str:
    """Return URL of the database as far as it is known while no server runs: its name is right."""
    if settings.database_url is not None:
        return Server.said(settings.database_url.get_secret_value()).url
    return f"postgresql:///{EMBEDDED_DATABASE}"


@contextmanager
def open_database(settings: Settings) -> Generator[str]:
    """Yield the URL of Dogear's database, migrated; an embedded server runs as long as the block does.

    Raises DogearError if the server that DATABASE_URL names does not answer.
    """
    if settings.database_url is not None:
        url = expected_url(settings)
        migrate(url)
        yield url
        return
    with EmbeddedPostgres(settings.home_folder / "postgres") as server_url:
        url = with_database(server_url, EMBEDDED_DATABASE)
        ensure_database(server_url, EMBEDDED_DATABASE)
        migrate(url)
        yield url


def ensure_database(server_url: str, name: str) -> None:
    """Create the database ``name`` on the server, unless it is there."""
    with connect(server_url) as connection:
        connection.autocommit = True
        if connection.execute("select from pg_database where datname = %s", [name]).rowcount:
            return
        try:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            pass  # two processes came here at once, on a first start
        except psycopg.errors.InsufficientPrivilege:
            raise DogearError(
                f"The role of DATABASE_URL may not create databases: have an administrator create {name!r} for it."
            ) from None
