"""Bring a database to the newest migration in ``sql/versions``."""

from pathlib import Path

import psycopg

from orchestration.resources.locks import MIGRATIONS as MIGRATIONS_LOCK
from orchestration.resources.locks import alone
from orchestration.resources.postgres import connect
from orchestration.settings import PROJECT_ROOT

MIGRATIONS = PROJECT_ROOT / "sql"


def newest_migration(folder: Path = MIGRATIONS) -> str:
    """Number of the last migration, such as ``0002``."""
    return max(file.stem for file in (folder / "versions").glob("[0-9]*.sql")).partition("_")[0]


def migrate(url: str) -> None:
    """Run the migrations that the database lacks; all of them become visible at once, or none."""
    # Alembic takes longer to import than this question takes to answer, and the answer is nearly always yes.
    if current_migration(url) == newest_migration():
        return
    import alembic.command
    import alembic.config
    import sqlalchemy

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg2://", 1))
    try:
        with alone(url, MIGRATIONS_LOCK), engine.begin() as connection:
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
    finally:
        engine.dispose()


def current_migration(url: str) -> str | None:
    """Number of the last migration that the database has; None before the first."""
    with connect(url) as connection:
        try:
            row = connection.execute("select version_num from public.alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return row[0] if row else None
