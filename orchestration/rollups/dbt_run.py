"""Run dbt in this process, on a project that was parsed once.

A separate dbt process would spend most of a small run on starting and parsing again, since the days of a
run are among its variables.
"""

import gc
import json
import os
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import psycopg

from orchestration.days import DayRange
from orchestration.errors import DogearError
from orchestration.lake.left_visits import sum_up_left_visits
from orchestration.lake.recall import recall
from orchestration.resources.locks import BUILD, alone
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import DBT_PROJECT, day_columns, dbt_environment, parsed_project
from orchestration.rollups.foreign_relations import refuse_foreign
from orchestration.rollups.outdated_tables import drop_outdated
from orchestration.rollups.session_rules import session_environment
from orchestration.rollups.stale_days import forget_days
from orchestration.settings import Settings

# How many days before and after the built days a model may read (at_days in the dbt project).
READ_AROUND = 3
# A model locks the partitions of its days, with their indexes, until it is written. Four at once, of tables that are
# new, lock 44 things a day, and a server has room for 6,400 by default.
MOST_DAYS = 90
CANCEL_EVERY = 0.2
VISITORS_OF_ALL_TIME = "analytics_visitors"
MATERIALIZED_VIEWS = "config.materialized:materialized_view"


@dataclass(frozen=True)
class NodeResult:
    """What became of one model, seed or test.

    ``unique_id`` and ``status`` are dbt's: success, pass, warn, fail or error. ``seconds`` is its duration, ``rows``
    how many a model wrote; None if dbt does not say.
    """

    unique_id: str
    status: str
    seconds: float
    rows: int | None
    message: str

    def after(self, before: Mapping[str, "NodeResult"]) -> "NodeResult":
        """Return this result together with that of earlier days."""
        if (earlier := before.get(self.unique_id)) is None:
            return self
        rows = None if self.rows is None or earlier.rows is None else earlier.rows + self.rows
        return replace(self, seconds=earlier.seconds + self.seconds, rows=rows)


def dbt_build(
    database_url: str, settings: Settings, days: DayRange, select: Sequence[str] = ()
) -> Generator[NodeResult, None, None]:
    """Build and test the models for ``days`` (all of them, or those selected); yield each result when it is there.

    Materialized views are left out, since they hold more than days. Days whose events have left PostgreSQL are first
    restored from the lake. Many days are built in parts; each result is of all of them. Only one build runs at a time.
    Raises DogearError if dbt cannot run at all, or the lake does not return a day.
    """
    parsed = parsed_project(database_url, settings)
    with alone(database_url, BUILD) as lock:
        with connect(database_url) as connection:
            refuse_foreign(connection, parsed)
            drop_outdated(connection, parsed)
        *before, last = parts = days.in_parts(MOST_DAYS)
        # Before any day is marked, so that a lake that does not answer changes nothing.
        recall(database_url, settings, parts[0].with_days_around(READ_AROUND))
        with connect(database_url) as connection:
            forget_days(connection, days, day_columns(parsed))
        so_far: dict[str, NodeResult] = {}
        for part in before:
            results = [it.after(so_far) for it in build_part(database_url, settings, parsed, part, select, lock)]
            if any(result.status in {"error", "fail"} for result in results):
                yield from results
                return
            so_far = {result.unique_id: result for result in results}
        for result in build_part(database_url, settings, parsed, last, select, lock):
            yield result.after(so_far)


def build_part(
    database_url: str,
    settings: Settings,
    parsed: Path,
    days: DayRange,
    select: Sequence[str],
    lock: psycopg.Connection,
) -> Generator[NodeResult, None, None]:
    arguments = ["--exclude", MATERIALIZED_VIEWS]
    arguments += ["--vars", json.dumps({"from_day": str(days.first), "to_day": str(days.last)})]
    if select:
        arguments += ["--select", *select]
    recall(database_url, settings, days.with_days_around(READ_AROUND))
    yield from run_dbt(database_url, settings, parsed, arguments, lock)


def dbt_refresh(database_url: str, settings: Settings, names: Sequence[str]) -> Generator[NodeResult, None, None]:
    """Create or refresh the materialized views of these names, and test them; like ``dbt_build``.

    Visitors of all time are summed up from the lake where their days have left PostgreSQL.
    """
    parsed = parsed_project(database_url, settings)
    with alone(database_url, BUILD) as lock:
        with connect(database_url) as connection:
            refuse_foreign(connection, parsed)
        if VISITORS_OF_ALL_TIME in names:
            sum_up_left_visits(database_url, settings)
        yield from run_dbt(database_url, settings, parsed, ["--select", *names], lock)


def run_dbt(
    database_url: str, settings: Settings, parsed: Path, more: Sequence[str], lock: psycopg.Connection
) -> Generator[NodeResult, None, None]:
    # dbt reads its profile, the rules of sessions and the lock from the environment.
    os.environ.update(
        dbt_environment(database_url, settings) | session_environment(database_url) | lock_environment(lock)
    )
    # Unit tests look at the code, not at the data: they belong to `make test`.
    # What dbt says goes to standard output, which commands and Dagster keep; a log of its own would be the same again.
    arguments = ["--no-write-json", "--log-level-file", "none", "build", "--project-dir", str(DBT_PROJECT)]
    arguments += ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
    arguments += more
    results: SimpleQueue[NodeResult | None] = SimpleQueue()
    failures: list[str] = []
    # In a thread of its own, so that what is finished can be recorded while dbt goes on.
    dbt = Thread(target=invoke, args=(arguments, parsed, results, failures), name="dbt", daemon=True)
    dbt.start()
    is_done = False
    try:
        while (result := results.get()) is not None:
            yield result
        is_done = True
    finally:
        # Nobody wants the rest; dbt would go on with each model that does not depend on a cancelled one.
        while not is_done and dbt.is_alive():
            cancel_queries()
            dbt.join(CANCEL_EVERY)
        dbt.join()
    if failures:
        raise DogearError(f"dbt could not run: {failures[0]}")


def lock_environment(lock: psycopg.Connection) -> dict[str, str]:
    """Return the variable by which a model checks that its build still has the lock (wait_for_other_builds in dbt).

    The server is asked for it: the process id that a connection got at its start may be a pooler's.
    """
    row = lock.execute("select pg_backend_pid()").fetchone()
    assert row
    return {"DBT_LOCK_PID": str(row[0])}


def invoke(arguments: list[str], parsed: Path, results: "SimpleQueue[NodeResult | None]", failures: list[str]) -> None:
    """Run dbt; put each finished node into ``results`` and None at the end; errors of the run go to ``failures``."""
    try:
        from dbt.artifacts.schemas.run import RunExecutionResult
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        from orchestration.rollups.dbt_connections import keep_connections

        def on_event(event: Any) -> None:
            if event.info.name == "NodeFinished":
                results.put(node_result(event.data))

        manifest = Manifest.from_msgpack((parsed / "partial_parse.msgpack").read_bytes())
        keep_connections()
        # Garbage collection among the many objects of the manifest would take a fifth of dbt's own time.
        gc.freeze()
        done = dbtRunner(manifest=manifest, callbacks=[on_event]).invoke(arguments)
        if not isinstance(done.result, RunExecutionResult):
            failures.append(str(done.exception))
    except BaseException as error:
        failures.append(str(error))
        raise
    finally:
        gc.unfreeze()
        results.put(None)


def node_result(finished: Any) -> NodeResult:
    result = finished.run_result
    rows = dict(result.adapter_response).get("rows_affected")
    return NodeResult(
        unique_id=finished.node_info.unique_id,
        status=result.status,
        seconds=result.execution_time,
        rows=None if rows is None or rows < 0 else int(rows),
        message=result.message,
    )


def cancel_queries() -> None:
    """Cancel dbt's running statements; each model is a transaction, so none is left half done."""
    from dbt.adapters.base.impl import BaseAdapter
    from dbt.adapters.factory import FACTORY

    for adapter in FACTORY.adapters.values():
        assert isinstance(adapter, BaseAdapter)
        with adapter.connection_named("cancel"):
            adapter.cancel_open_connections()
