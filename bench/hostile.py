"""What do other clients notice of a minute of hostile load?

    .venv/bin/python -m bench.hostile [seconds]

Ten addresses (127.0.0.2 to 127.0.0.11, so Linux only) each hold 150 idle connections, open them again when they are
closed, and send as fast as they are answered: bodies of 1 MB, batches of 1,000 distinct values, batches with an event
for each day of a year. They heed no answer. Meanwhile fifty readers at other addresses send a batch of five events
twenty times a second in all, each over a connection of its own. What is to be reached: p99 of the readers ≤ 200 ms,
none refused, all that was accepted loaded, memory bounded.
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


def measure(collector: CollectorProcesses, seconds: float) -> tuple[Said, Said, Said, Most]:
    """Readers alone for a while, then readers and attackers."""
    with ProcessPoolExecutor(1, get_context("spawn")) as others:
        quiet = asyncio.run(read_pages(PORT, SITE, min(10.0, seconds), EVERY))
        with watched(collector) as most:
            attackers = others.submit(attack, PORT, SITE, seconds)
            readers = asyncio.run(read_pages(PORT, SITE, seconds, EVERY))
            return quiet, readers, attackers.result(), most


def say(who: str, said: Said) -> None:
    took = sorted(said.seconds)
    p50, p99 = (1000 * took[int(part * len(took))] for part in (0.5, 0.99))
    statuses = ", ".join(
        f"{'no answer' if status == NOBODY else status}: {number:,}" for status, number in sorted(said.statuses.items())
    )
    print(f"{who:<22}p50 {p50:8.1f} ms   p99 {p99:8.1f} ms   accepted {said.accepted:9,}   {statuses}")


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
                quiet, readers, attackers, most = measure(collector, seconds)
                found = loaded(url, settings.journal_folder)
    print(f"{platform.platform()}, {os.cpu_count()} processors, {seconds:.0f} seconds")
    say("readers, alone", quiet)
    say("readers, under attack", readers)
    say("attackers", attackers)
    print(f"most memory of the server {most.memory / 1e6:,.0f} MB, most in the journal {most.journal / 1e6:,.1f} MB")
    accepted = quiet.accepted + readers.accepted + attackers.accepted
    unknown = quiet.unknown + readers.unknown + attackers.unknown
    is_whole = accepted <= found <= accepted + unknown
    print(f"accepted {accepted:,}, not answered {unknown:,}, loaded {found:,}: {'whole' if is_whole else 'NOT WHOLE'}")


if __name__ == "__main__":
    main()
