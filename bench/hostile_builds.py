"""Builds of today while others send, for ``bench.hostile``: in a process of their own, one after the other."""

import os
import time
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path

from orchestration.days import DayRange
from orchestration.rollups.dbt_project import parsed_project
from orchestration.rollups.dbt_run import dbt_build
from orchestration.settings import Settings


def builds_of_today(url: str, home: Path, seconds: float) -> list[float]:
    """Seconds of each build that began within so many seconds: one at least. Raises RuntimeError where one fails."""
    settings = Settings(home=home)
    parsed_project(url, settings)
    until, taken = time.monotonic() + seconds, list[float]()
    while not taken or time.monotonic() < until:
        started, today = time.monotonic(), datetime.now(UTC).date()
        with (
            Path(os.devnull).open("w") as nowhere,
            redirect_stdout(nowhere),
            closing(dbt_build(url, settings, DayRange(today, today))) as results,
        ):
            failed = [result for result in results if result.status not in {"success", "pass"}]
        if failed:
            raise RuntimeError(f"a build of today failed: {failed[0]}")
        taken.append(time.monotonic() - started)
    return taken
