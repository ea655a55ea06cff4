"""Bring a database to the newest migration in ``sql/versions`` and to the functions in ``sql/functions``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from orchestration.errors import DogearError
from orchestration.resources.functions import applied_functions, apply_functions, digests, function_texts
from orchestration.resources.locks import MIGRATIONS as MIGRATIONS_LOCK
from orchestration.resources.locks import alone
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server
from orchestration.resources.server_check import refuse_unfit
from orchestration.settings import PROJECT_ROOT

if TYPE_CHECKING:
    import sqlalchemy

MIGRATIONS = PROJECT_ROOT / "sql"
# The first table of the first migration, by its description.
IS_OURS = """
    select exists (
        select from pg_class as c join pg_namespace as n on n.oid = relnamespace
        where nspname = 'raw' and relname = 'imports' and obj_description(c.oid, 'pg_class')
            = 'One row per file that was imported, each time that it was imported.'
    )
"""
TAKEN = f"select nspname from pg_namespace where nspname = any(%s) and not ({IS_OURS}) order by nspname"  # noqa: S608
NOTE = "comment on table ops.alembic_version is 'One row: the number of the last migration that this database has.'"
# Those that migrations make, then those that dbt makes.
SCHEMAS = (
    *("access", "analytics", "content", "dagster", "days", "lake", "live", "ops", "raw", "scoped"),
    *("intermediate", "marts", "staging"),
)


def newest_migration(folder: Path = MIGRATIONS) -> str:
    """Return the number of the last migration, such as ``0002``."""
    return max(file.stem for file in (folder / "versions").glob("[0-9]*.sql")).partition("_")[0]


def migrate(url: str) -> None:
    """Run the migrations that the database lacks, and apply the functions that changed; all at once, or none.

    Raises DogearError if the server does not suit, or others use names that Dogear would use.
    """
    with connect(url) as connection:
        refuse_unfit(connection, url)
        current = current_migration(connection)
        if current is None:
            # Before the lock, whose table is the first thing that we create.
            refuse_taken([name for (name,) in connection.execute(TAKEN, [list(SCHEMAS)]).fetchall()])
        applied = applied_functions(connection)
    # Alembic takes longer to import than this question takes to answer, and the answer is nearly always yes.
    newest, functions = newest_migration(), function_texts()
    if current == newest and applied == digests(functions):
        return
    if current is not None and current > newest:
        place = Server.of(url).place
        raise DogearError(
            f"{place} is at migration {current} of a newer Dogear, and this one knows {newest}: update it."
        )
    import alembic.command
    import alembic.config
    import sqlalchemy

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = sqlalchemy.create_engine("postgresql+psycopg2://", creator=Server.of(url).psycopg2)
    try:
        with alone(url, MIGRATIONS_LOCK), engine.begin() as connection:
            prepare(connection)
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
            connection.exec_driver_sql(NOTE)
            apply_functions(connection, functions)
    finally:
        engine.dispose()


def refuse_taken(schemas: Sequence[str]) -> None:
    """Raise DogearError if others have a schema of a name of ours."""
    if schemas:
        raise DogearError(
            f"The database has a schema {schemas[0]} that is not Dogear's, and was left alone: let DATABASE_URL name a "
            f"database without schemas called {', '.join(SCHEMAS)}."
        )


def prepare(connection: "sqlalchemy.Connection") -> None:
    """Put the table of versions into a schema of ours; in ``public`` other applications would use it too.

    Raises DogearError if Dogear never was in this database, and others have schemas of its names.
    """
    is_ours = connection.exec_driver_sql(IS_OURS).scalar()
    refuse_taken(connection.exec_driver_sql(TAKEN, (list(SCHEMAS),)).scalars().all())
    connection.exec_driver_sql("create schema if not exists ops")
    if is_ours and not connection.exec_driver_sql("select to_regclass('ops.alembic_version')").scalar():
        connection.exec_driver_sql("alter table public.alembic_version set schema ops")


def current_migration(connection: psycopg.Connection) -> str | None:
    """Return the number of the database's last migration; None before the first, and if the table is not ours."""
    try:
        row = connection.execute(f"select version_num from ops.alembic_version where ({IS_OURS})").fetchone()  # noqa: S608
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        connection.rollback()
        return None
    return row[0] if row else None
