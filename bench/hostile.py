"""What do other clients notice of a minute of hostile load?

    .venv/bin/python -m bench.hostile [seconds]

Ten addresses (127.0.0.2 to 127.0.0.11, so Linux only) each hold 150 idle connections, open them again when they are
closed, and send as fast as they are answered: bodies of 1 MB, batches of 1,000 distinct values, batches with an event
for each day of a year. They heed no answer. Meanwhile fifty readers at other addresses send a batch of five events
twenty times a second in all, each over a connection of its own, and today is built again and again: before the attack,
and during it. What is to be reached: p99 of the readers ≤ 200 ms, none refused, all that was accepted loaded, memory
bounded, and today built in a minute.
"""

import asyncio
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import psutil
import psycopg

from bench.hostile_builds import builds_of_today
from bench.hostile_load import NOBODY, Said, attack, read_pages
from orchestration.cli.collector_processes import CollectorProcesses
from orchestration.content.sites import Site, save_site
from orchestration.resources.database import open_database
from orchestration.settings import Settings

SITE = "hostile.example"
PORT = 8766
EVERY = 0.05
LONGEST_LOADING = 900.0


@dataclass
class Most:
    """The most bytes at any moment: of the server's memory, of the journal on disk."""

    memory: int = 0
    journal: int = 0

    def look(self, server: psutil.Process, journal: Path) -> None:
        memory = size = 0
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.Error):
                memory += process.memory_info().rss
        for file in journal.glob("*"):
            with suppress(OSError):
                size += file.stat().st_size
        self.memory, self.journal = max(self.memory, memory), max(self.journal, size)


@contextmanager
def watched(collector: CollectorProcesses) -> Generator[Most]:
    most, ends = Most(), threading.Event()
    server = psutil.Process(collector.programs[0].process.pid)

    def look() -> None:
        while not ends.wait(0.2):
            most.look(server, collector.settings.journal_folder)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        ends.set()
        watcher.join()


def loaded(url: str, journal: Path) -> int:
    """How many events are in PostgreSQL when the journal is empty, or when that took too long."""
    deadline = time.monotonic() + LONGEST_LOADING
    while (any(journal.glob("*.open")) or any(journal.glob("*.ndjson"))) and time.monotonic() < deadline:
        time.sleep(0.2)
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from raw.events").fetchone()
    return row[0] if row else 0


@dataclass
class Measured:
    """What each side was answered, and the seconds of each build of today."""

    quiet: Said
    quiet_builds: list[float]
    readers: Said
    attackers: Said
    builds: list[float]
    most: Most


def measure(collector: CollectorProcesses, url: str, seconds: float) -> Measured:
    """Readers alone for a while, then readers and attackers; today is built all the time."""
    home, quietly = collector.settings.home_folder, min(20.0, seconds)
    with ProcessPoolExecutor(2, get_context("spawn")) as others:
        others.submit(builds_of_today, url, home, 0).result()  # the tables are made
        quiet_builds = others.submit(builds_of_today, url, home, quietly)
        quiet = asyncio.run(read_pages(PORT, SITE, quietly, EVERY))
        quiet_builds.result()
        with watched(collector) as most:
            attackers = others.submit(attack, PORT, SITE, seconds)
            builds = others.submit(builds_of_today, url, home, seconds)
            readers = asyncio.run(read_pages(PORT, SITE, seconds, EVERY))
            return Measured(quiet, quiet_builds.result(), readers, attackers.result(), builds.result(), most)


def say(who: str, said: Said) -> None:
    took = sorted(said.seconds) or [0.0]
    p50, p99 = (1000 * took[int(part * len(took))] for part in (0.5, 0.99))
    statuses = ", ".join(
        f"{'no answer' if status == NOBODY else status}: {number:,}" for status, number in sorted(said.statuses.items())
    )
    print(f"{who:<22}p50 {p50:8.1f} ms   p99 {p99:8.1f} ms   accepted {said.accepted:9,}   {statuses}")


def say_builds(when: str, seconds: list[float]) -> None:
    print(
        f"today built, {when:<14}{len(seconds)} times   longest {max(seconds):6.1f} s   shortest {min(seconds):6.1f} s"
    )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    for name in ("DATABASE_URL", "DOGEAR_TRUSTED_PROXIES"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DOGEAR_HOME": folder}
        settings = Settings(home=Path(folder), collector_port=PORT)
        with open_database(settings) as url:
            save_site(url, Site(SITE, "bench"))
            environment = {"DATABASE_URL": url, "DOGEAR_COLLECTOR_PORT": str(PORT)}
            with CollectorProcesses(settings, environment) as collector:
                measured = measure(collector, url, seconds)
                found = loaded(url, settings.journal_folder)
    print(f"{platform.platform()}, {os.cpu_count()} processors, {seconds:.0f} seconds")
    say("readers, alone", measured.quiet)
    say("readers, under attack", measured.readers)
    say("attackers", measured.attackers)
    say_builds("alone", measured.quiet_builds)
    say_builds("under attack", measured.builds)
    most = measured.most
    print(f"most memory of the server {most.memory / 1e6:,.0f} MB, most in the journal {most.journal / 1e6:,.1f} MB")
    sides = (measured.quiet, measured.readers, measured.attackers)
    accepted, unknown = sum(side.accepted for side in sides), sum(side.unknown for side in sides)
    is_whole = accepted <= found <= accepted + unknown
    print(f"accepted {accepted:,}, not answered {unknown:,}, loaded {found:,}: {'whole' if is_whole else 'NOT WHOLE'}")


if __name__ == "__main__":
    main()
