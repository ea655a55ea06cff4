"""A build that is killed leaves each mart's day as it was or as it is to be, and the next one completes it."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from orchestration.resources.postgres import connect
from tests.installation import DOGEAR, Installation, bare_environment
from tests.parsing import Parsed
from tests.rollups.building import MODELS, Warehouse
from tests.rollups.session_model import Event
from tests.rollups.watching_marts import Reading, Watcher
from tests.serving.collector.running import until
from tests.serving.collector.test_faults import OwnPostgres

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAYS, PER_DAY = 10, 40


def events(start: int) -> list[Event]:
    """A few visits a day: each event of another minute, of one of five visitors."""
    return [
        Event(
            event_id=UUID(int=start + day * PER_DAY + number),
            occurred_at=FIRST + timedelta(days=day, minutes=7 * number),
            event_type="click" if number % 3 else "page_view",
            user_code="owner",
            site="site",
            page_path=f"/{number % 4}",
            account_id=f"account-{(start + number) % 5}",
        )
        for day in range(DAYS)
        for number in range(PER_DAY)
    ]


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[OwnPostgres]:
    with ExitStack() as stack:
        yield OwnPostgres(tmp_path / "postgres", stack)


@contextmanager
def build_that_waits_at(installation: Installation, mart: str) -> Iterator[subprocess.Popen[bytes]]:
    """``dogear build``, in the middle: at a mart whose rows it cannot replace yet, because somebody holds them."""
    holder = connect(installation.database_url)
    holder.execute(f"lock table marts.{mart} in share mode".encode())
    build = subprocess.Popen(
        [DOGEAR, "build"],
        env={**bare_environment(), **installation.environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    waits = f"select 1 from pg_locks where relation = 'marts.{mart}'::regclass and not granted"

    def is_waiting() -> bool:
        assert build.poll() is None, "the build ended before it came to the mart"
        return bool(installation.rows(waits))

    try:
        until(is_waiting, patience=180)
        yield build
    finally:
        build.kill()
        build.wait()
        holder.close()


def assert_no_day_was_half_built(watcher: Watcher, before: Reading, after: Reading) -> None:
    assert watcher.readings > 3
    for (mart, day), seen in watcher.seen.items():
        allowed = {before.get((mart, day)), after.get((mart, day))}
        # A day does not count as built while it is built again.
        assert seen <= allowed | ({None} if mart == "built_days" else set()), (mart, day)


def test_a_build_and_a_postgresql_that_are_killed(postgres: OwnPostgres, parsed: Parsed, tmp_path: Path):
    parsed.give(postgres.url, tmp_path)
    warehouse = Warehouse(postgres.url, tmp_path)
    installation = Installation({"DATABASE_URL": postgres.url, "DOGEAR_HOME": str(tmp_path)}, postgres.url)
    warehouse.load(events(0))
    warehouse.build(select=MODELS)
    watcher = Watcher(warehouse)
    before = watcher.read()
    assert len(before) > DAYS * 5
    warehouse.load(events(1_000_000))

    with watcher.watching(set(before)):
        with build_that_waits_at(installation, "analytics_page_views") as build:
            build.kill()
        with build_that_waits_at(installation, "analytics_aggregates") as build:
            postgres.end(signal.SIGKILL)
            assert build.wait(120) != 0
        postgres.start()
        warehouse.build(select=MODELS)
    after, completed = watcher.read(), warehouse.snapshot()
    assert_no_day_was_half_built(watcher, before, after)
    assert warehouse.stale() == []

    installation.execute("drop schema marts, intermediate, staging cascade")
    warehouse.build(select=MODELS)
    assert warehouse.snapshot() == completed
