"""One way to reach PostgreSQL with psycopg, and to be alone at something."""

import psycopg

from orchestration.resources.server import Server


def connect(url: str) -> psycopg.Connection:
    """A psycopg connection, or a DogearError that names the server (and never the password)."""
    return Server.of(url).psycopg()


def with_database(url: str, name: str) -> str:
    """Return the same server, another database."""
    return Server.of(url).with_database(name).url
