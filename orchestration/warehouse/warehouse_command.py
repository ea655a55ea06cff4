"""``dogear dbt … --target duckdb``: dbt's commands on the warehouse, called by a person."""

import os
from collections.abc import Sequence

from orchestration.lake.warehouse_file import warehouse_file
from orchestration.rollups.dbt_words import WRITING, command_of, value_of
from orchestration.settings import Settings
from orchestration.terminal import complain
from orchestration.warehouse.warehouse import (
    TARGET,
    RunProgram,
    prepare_sources,
    run_dbt,
    staging_file,
)

# Options with which a build covers less than everything.
NARROWING = ("--select", "-s", "--models", "--model", "-m", "--exclude", "--selector", "--vars", "--resource-type")


def means_warehouse(arguments: Sequence[str]) -> bool:
    """Return whether dbt is asked for the target of DuckDB, as dbt itself reads it."""
    said = value_of(arguments, "--target", "-t")
    return (os.environ.get("DBT_TARGET") if said is None else said) == TARGET


def dbt_on_warehouse(database_url: str, settings: Settings, arguments: Sequence[str], run: RunProgram) -> int:
    """Run dbt on the warehouse; return its exit code.

    ``build`` of everything rebuilds it from scratch. Other commands that write do so in a copy, which replaces it on
    success; commands that read use a copy too, so that no reader of the warehouse has to wait.
    """
    command = command_of(arguments)
    narrowed = any(word.partition("=")[0] in NARROWING for word in arguments)
    with staging_file(warehouse_file(settings), is_empty=command == "build" and not narrowed) as writing:
        if command in WRITING:
            prepare_sources(database_url, settings, writing.file)
        code = run_dbt(database_url, settings, writing.file, arguments, run)
        writing.is_good = command in WRITING and code == 0
    if writing.is_good:
        complain(f"{warehouse_file(settings)} is written. To ask it: dogear duckdb")
    return code
