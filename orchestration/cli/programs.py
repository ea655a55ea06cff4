"""``dogear psql`` and ``dogear dbt``: programs with Dogear's database already set."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer


def psql(context: typer.Context) -> None:
    """Open psql on Dogear's database.

    Everything after the command goes to psql (its own help: dogear psql -?).

    \b
    Examples:
      dogear psql
      dogear psql -c 'select * from marts.analytics_daily_user_stats'
      dogear psql --csv -f question.sql > answer.csv
    """
    from orchestration.resources.database import open_database
    from orchestration.resources.embedded_postgres import binaries
    from orchestration.resources.server import Server
    from orchestration.settings import Settings

    # An installed psql has a better line editor; the wheel's is always there.
    program = shutil.which("psql") or str(binaries() / "psql")
    with open_database(Settings()) as url:
        sys.exit(run_program([program, *context.args], Server.of(url).libpq_environment()))


def dbt(context: typer.Context) -> None:
    """Run dbt on Dogear's database.

    Everything after the command goes to dbt (its own help: dogear dbt build --help).

    \b
    Examples:
      dogear dbt ls
      dogear dbt test --select analytics_sessions
      dogear dbt build --vars '{from_day: 2026-03-01, to_day: 2026-03-07}'
      dogear dbt build --target duckdb                  (the same models, from the lake, in DuckDB)
    """
    from orchestration.resources.database import open_database
    from orchestration.rollups.dbt_by_hand import days_at_hand
    from orchestration.rollups.dbt_project import DBT_COMMAND, DBT_PROJECT, dbt_environment
    from orchestration.rollups.session_rules import session_environment
    from orchestration.settings import Settings
    from orchestration.warehouse.warehouse_command import dbt_on_warehouse, means_warehouse

    settings = Settings()
    with open_database(settings) as url:
        if means_warehouse(context.args):
            sys.exit(dbt_on_warehouse(url, settings, context.args, run_program))
        environment = dbt_environment(url, settings) | session_environment(url)
        with days_at_hand(url, settings, context.args) as more:
            code = run_program([*DBT_COMMAND, *context.args], environment | more, cwd=DBT_PROJECT)
        sys.exit(code)


def run_program(command: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run it in this terminal and return its exit code. The program itself handles Ctrl-C."""

    def leave_it(*_: object) -> None:
        pass

    before = signal.signal(signal.SIGINT, leave_it)
    try:
        return subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=False).returncode  # noqa: S603 - the user's own words
    finally:
        signal.signal(signal.SIGINT, before)
