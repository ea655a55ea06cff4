"""A code location whose runs do what is wanted: succeed, fail, meet a passing fault, die, wait."""

import os
import signal
from pathlib import Path

import dagster as dg

from orchestration.priorities import Priority
from orchestration.resources.dagster_database import Database
from orchestration.resources.retries import PASSING_FAULTS
from orchestration.upkeep import sensors as upkeep_sensors


@dg.op(retry_policy=PASSING_FAULTS)
def succeed(database: Database) -> None:
    """Nothing to do."""


@dg.op(retry_policy=PASSING_FAULTS)
def fail(database: Database) -> None:
    raise dg.Failure("mails of ada@example.org at postgresql://ada:hunter2@10.1.2.3/x are full", allow_retries=False)


@dg.op(retry_policy=dg.RetryPolicy(max_retries=2), pool="dbt")
def stumble(context: dg.OpExecutionContext, database: Database) -> None:
    if context.retry_number < 2:
        raise ConnectionError("the network is full")


@dg.op
def die(database: Database) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dg.op(config_schema={"pipe": str})
def wait(context: dg.OpExecutionContext, database: Database) -> None:
    """Say who works, then wait to be killed."""
    Path(context.op_config["pipe"]).write_text(f"{os.getpid()} {os.getppid()}")
    signal.pause()


@dg.job(tags=Priority.NIGHTLY.tags)
def succeeds():
    succeed()


@dg.job
def fails():
    fail()


@dg.job
def stumbles():
    stumble()


@dg.job
def dies():
    die()


@dg.job
def waits():
    wait()


defs = dg.Definitions.merge(
    dg.Definitions(
        jobs=[succeeds, fails, stumbles, dies, waits],
        resources={"database": Database()},
        executor=dg.in_process_executor,
    ),
    upkeep_sensors.defs,
)
