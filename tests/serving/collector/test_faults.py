"""Every event that was answered 202 is in raw.events exactly once, whatever dies."""

import random
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from orchestration.content.sites import Site, save_site
from orchestration.resources.database import ensure_database
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import with_database
from tests.installation import DOGEAR, bare_environment
from tests.parsing import database_name
from tests.serving.collector.clients import after, assert_each_is_there_once, clients
from tests.serving.collector.running import SITE, RunningCollector, free_port, page_view, running_collector, until


def program(collector: RunningCollector, number: int) -> psutil.Process:
    """One of the collector's programs; it is started again where it has ended."""

    def found() -> list[psutil.Process]:
        collector.processes.keep_running()
        with suppress(psutil.NoSuchProcess):
            return [psutil.Process(collector.processes.programs[number].process.pid)]
        return []

    return until(found)[0]


def server(collector: RunningCollector) -> psutil.Process:
    return program(collector, 0)


def loader(collector: RunningCollector) -> psutil.Process:
    return program(collector, 1)


def worker(collector: RunningCollector) -> psutil.Process:
    """The process that answers; the server starts it again where it has ended."""

    def found() -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return server(collector).children()
        return []

    return until(found)[-1]


def all_of_them(collector: RunningCollector) -> list[psutil.Process]:
    return [worker(collector), server(collector), loader(collector)]


VICTIMS: dict[str, Callable[[RunningCollector], list[psutil.Process]]] = {
    "worker": lambda collector: [worker(collector)],
    "server": lambda collector: [server(collector)],
    "loader": lambda collector: [loader(collector)],
    "all": all_of_them,
}


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def test_processes_killed_at_random_moments(home: Path, database_url: str):
    chance = random.Random(7)
    with running_collector(home, database_url) as collector, clients(collector.url) as sending:
        for victims in ["loader", "worker", "all", "server", "loader", "worker"]:
            until(after(sending, chance.randint(50, 1_000), collector.processes.keep_running))
            kill(VICTIMS[victims](collector))
        until(after(sending, 100, collector.processes.keep_running))
        sending.finish()
        assert sending.failures  # they did meet a collector that was gone
        assert_each_is_there_once(collector, sending.accepted)


def test_a_new_collector_takes_over_what_a_killed_one_left(home: Path, database_url: str):
    with running_collector(home, database_url) as collector, clients(collector.url) as sending:
        until(after(sending, 100, lambda: None))
        kill([loader(collector)])
        until(after(sending, 1_000, lambda: None))
        kill([worker(collector), server(collector)])
        sending.abandon()
        accepted = set(sending.accepted)
    assert list((home / "journal").iterdir())
    with running_collector(home, database_url) as collector:
        until(lambda: not [*home.glob("journal/*.ndjson"), *home.glob("journal/*.open")])
        found = [event_id for (event_id,) in collector.rows("select event_id::text from raw.events")]
        assert len(found) == len(set(found))
        assert set(found) >= accepted


def test_sigterm_under_load_loses_nothing(home: Path, database_url: str):
    with running_collector(home, database_url) as collector, clients(collector.url) as sending:
        until(after(sending, 500, lambda: None))
        server(collector).send_signal(signal.SIGTERM)
        loader(collector).send_signal(signal.SIGTERM)
        until(after(sending, 500, collector.processes.keep_running))
        sending.finish()
        assert_each_is_there_once(collector, sending.accepted)


def test_processes_end_with_a_command_that_is_killed_and_a_new_one_starts(home: Path, database_url: str):
    save_site(database_url, Site(SITE, "owner"))
    port = free_port()
    environment = {
        "DATABASE_URL": database_url,
        "DOGEAR_HOME": str(home),
        "DOGEAR_RATE_LIMIT": "0",
        "DOGEAR_RATE_LIMIT_EVENTS": "0",
    }

    def start() -> subprocess.Popen[bytes]:
        home.mkdir(exist_ok=True)
        return subprocess.Popen(
            [DOGEAR, "collect", "--port", str(port)], env={**bare_environment(), **environment}, stdout=subprocess.PIPE
        )

    def answers() -> bool:
        url = f"http://127.0.0.1:{port}/api/analytics/ingest?site={SITE}"
        try:
            return requests.post(url, json={"events": [page_view()]}, timeout=9).status_code == 202
        except requests.RequestException:
            return False

    first = start()
    until(answers)
    family = psutil.Process(first.pid).children(recursive=True)
    assert len(family) == 3
    first.kill()
    first.wait()
    second = start()
    _, left = psutil.wait_procs(family, timeout=5)
    assert not left
    until(answers)
    assert second.stdout is not None
    assert b"listens on" in second.stdout.readline()
    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 0


class OwnPostgres:
    """A server that may be killed and started again."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        server_url = self.start()
        name = database_name()
        ensure_database(server_url, name)
        self.url = with_database(server_url, name)
        migrate(self.url)

    def start(self) -> str:
        # Only the machine's end could lose what was not synced; that of the server loses nothing.
        return self._stack.enter_context(EmbeddedPostgres(self._folder, fsync="off"))

    def end(self, how: signal.Signals) -> None:
        postmaster = psutil.Process(int((self._folder / "data" / "postmaster.pid").read_text().split()[0]))
        postmaster.send_signal(how)
        postmaster.wait(30)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[OwnPostgres]:
    with ExitStack() as stack:
        yield OwnPostgres(tmp_path / "postgres", stack)


def test_postgresql_crashes_under_load(home: Path, postgres: OwnPostgres):
    with running_collector(home, postgres.url) as collector, clients(collector.url, 2) as sending:
        for how in (signal.SIGQUIT, signal.SIGKILL):
            until(lambda: collector.count() > 0)
            postgres.end(how)
            failures = sending.failures
            until(after(sending, 300, lambda: None))
            assert sending.failures == failures  # not one client saw it
            postgres.start()
        sending.finish()
        assert_each_is_there_once(collector, sending.accepted)
        collector.send(page_view())  # live.visitors was emptied by the crash
        until(lambda: collector.rows("select count(*) from live.visitors") == [(1,)])


def test_a_start_while_postgresql_is_down(home: Path, postgres: OwnPostgres):
    with running_collector(home, postgres.url) as collector:
        collector.send(page_view())
        collector.wait_for(1)
    postgres.end(signal.SIGQUIT)
    port = free_port()
    environment = {
        "DATABASE_URL": postgres.url,
        "DOGEAR_HOME": str(home),
        "DOGEAR_RATE_LIMIT": "0",
        "DOGEAR_RATE_LIMIT_EVENTS": "0",
    }
    command = [DOGEAR, "collect", "--port", str(port)]
    with running_command(command, environment) as process:
        url = f"http://127.0.0.1:{port}"

        def sent() -> bool:
            try:
                body = {"events": [page_view()]}
                return requests.post(f"{url}/api/analytics/ingest?site={SITE}", json=body, timeout=9).status_code == 202
            except requests.RequestException:
                return False

        until(sent)
        assert requests.get(f"{url}/health", timeout=9).json()["status"] == "degraded"
        assert process.stdout is not None
        assert b"starts with the sites that it knew" in process.stdout.readline()
        postgres.start()
        until(lambda: collector.count() == 2)


@contextmanager
def running_command(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, env={**bare_environment(), **environment}, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def test_without_postgresql_and_without_knowing_a_site_it_says_so(tmp_path: Path):
    environment = {"DATABASE_URL": f"postgresql://x@127.0.0.1:{free_port()}/x", "DOGEAR_HOME": str(tmp_path)}
    done = subprocess.run(
        [DOGEAR, "collect"], env={**bare_environment(), **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "PostgreSQL does not answer" in done.stdout + done.stderr


def test_two_collectors_that_get_the_same_batches(tmp_path: Path, database_url: str):
    chance = random.Random(5)
    now = datetime.now(UTC)
    events = [page_view(f"/{number}") for number in range(200)]
    bad = [
        {"type": "page_view", "data": {**page_view("/bad")["data"], "page_titel": str(number)}} for number in range(9)
    ]
    clocks: list[dict[str, Any]] = [
        {},
        {"sent_at": now.isoformat()},
        *({"sent_at": (now + timedelta(hours=hours)).isoformat()} for hours in (-30, -2, 3)),
    ]
    with (
        running_collector(tmp_path / "a", database_url) as one,
        running_collector(tmp_path / "b", database_url) as other,
    ):
        for _ in range(30):
            batch = [*chance.sample(events, 60), *chance.sample(bad, 3)]
            for collector in chance.sample([one, other], 2):
                chance.shuffle(batch)
                collector.send(*batch, *batch[:5], **chance.choice(clocks))
        for collector in (one, other):
            collector.send(*events)
            collector.wait_for(len(events))
            assert "deadlock" not in (collector.home / "collector.log").read_text()
            assert "Nothing was loaded" not in (collector.home / "collector.log").read_text()
        assert_each_is_there_once(one, {event["data"]["event_id"] for event in events})


def test_a_disk_that_is_nearly_full(home: Path, database_url: str):
    with running_collector(home, database_url) as collector:
        kill([loader(collector)])
        collector.send(page_view())
    with running_collector(home, database_url, JOURNAL_RESERVE_MB=str(2**30)) as collector:
        answer = collector.post({"events": [page_view()]})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert requests.get(f"{collector.url}/health", timeout=9).json()["status"] == "full"
        collector.wait_for(1)
        assert collector.count() == 1


def test_a_write_that_ends_in_the_middle(home: Path, database_url: str):
    with running_collector(home, database_url) as collector:
        process = worker(collector)
        accepted: set[str] = set()

        def sends(page_title: str) -> int:
            events = [page_view(page_title=page_title) for _ in range(100)]
            answer = collector.post({"events": events})
            if answer.status_code == 202:
                accepted.update(event["data"]["event_id"] for event in events)
            return answer.status_code

        assert sends("small") == 202
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
        until(lambda: sends("small") == 202)  # in a file of its own
        assert sends("large" * 150) == 503
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert sends("large" * 150) == 202
        assert_each_is_there_once(collector, accepted)


def test_an_event_is_in_postgresql_within_two_seconds(home: Path, database_url: str):
    with running_collector(home, database_url) as collector:
        collector.send(page_view())
        collector.wait_for(1)
        delays: list[float] = []
        for number in range(2, 12):
            collector.send(page_view())
            accepted = datetime.now(UTC)
            until(lambda number=number: collector.count() == number)
            delays.append((datetime.now(UTC) - accepted).total_seconds())
        assert sorted(delays)[5] < 2
        print(f"median {sorted(delays)[5]:.2f} s, worst {max(delays):.2f} s")
