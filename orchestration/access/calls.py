"""How functions of schema access are called: by name, with named arguments, which are parameters and never text."""

from functools import lru_cache
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect

# Where PostgreSQL raises what a function of ours says, and not what it found itself.
OURS = "exec_stmt_raise"


@lru_cache
def statement(function: str, names: tuple[str, ...]) -> sql.Composed:
    """Return ``select * from access.function(name => %(name)s, …)``."""
    given = [sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in names]
    return sql.SQL("select * from access.{}({})").format(sql.Identifier(function), sql.SQL(", ").join(given))


def sentence(error: psycopg.Error) -> str | None:
    """Return the sentence for people that a function of ours ended with; None for an error of PostgreSQL itself."""
    return error.diag.message_primary if error.diag.source_function == OURS else None


def command(database_url: str, function: str, **arguments: Any) -> list[dict[str, Any]]:
    """Call a function as the operator of the machine; returns its rows. Raises DogearError with its sentence."""
    try:
        with connect(database_url) as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement(function, tuple(arguments)), arguments).fetchall()
    except psycopg.Error as error:
        said = sentence(error)
        if said is None:
            raise
        raise DogearError(said) from None
