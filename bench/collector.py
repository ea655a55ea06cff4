"""How many events does the collector take in, and how soon are they in PostgreSQL?

    .venv/bin/python -m bench.collector [events] [connections]

Batches of 20 are sent over kept connections by this process, on the same two processors as the server, the loader and
PostgreSQL. Beside it, in the same run: the same rows by single-row INSERTs, each in a transaction of its own, as a
handler without a journal would write them. What is to be reached: 100,000 events/s accepted, 50,000 events/s in
PostgreSQL, 20 times the INSERTs, and 99 % fewer statements. At the end, the processor time that each part took for one
event: of two processors, 100,000 events/s have 20 us each.
"""

import asyncio
import json
import os
import platform
import random
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from bench.processor_time import ProcessorTime, own_seconds
from bench.results import keep
from orchestration.cli.collector_processes import CollectorProcesses
from orchestration.content.sites import Site, save_site
from orchestration.resources.database import open_database
from orchestration.settings import Settings

SITE = "bench.example"
BATCH = 20
PORT = 8765
INSERTS = 5_000
LIMITS = [f"DOGEAR_{it}" for it in ("RATE_LIMIT", "RATE_LIMIT_EVENTS", "RATE_LIMIT_MB", "SITE_RATE_LIMIT")]
LIMITS += ["DOGEAR_CONNECTION_LIMIT"]
AGENTS = [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0 Safari/537.36"
    for version in range(100, 150)
]


def new_id() -> uuid.UUID:
    """As the tracker makes them: a UUIDv7, whose beginning is the time."""
    milliseconds, chance = time.time_ns() // 1_000_000, random.getrandbits(74)
    return uuid.UUID(int=milliseconds << 80 | 7 << 76 | chance >> 62 << 64 | 2 << 62 | chance & (1 << 62) - 1)


def event(number: int) -> dict[str, object]:
    data = {
        "occurred_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "event_id": str(new_id()),
        "page_url": f"https://{SITE}/blog/post-{number % 500}",
        "page_title": f"Post {number % 500}",
        "referrer": "https://www.google.com/",
        "viewport_width": 1280,
        "viewport_height": 720,
        "language_code": "en-GB",
        "timezone": "Europe/Berlin",
    }
    return {"type": "page_view", "data": data}


def requests_of(events: int) -> list[bytes]:
    made: list[bytes] = []
    for first in range(0, events, BATCH):
        sent = {"sent_at": datetime.now(UTC).isoformat(), "events": [event(first + i) for i in range(BATCH)]}
        body = json.dumps(sent, separators=(",", ":")).encode()
        head = (
            f"POST /api/analytics/ingest?site={SITE} HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n"
            f"user-agent: {AGENTS[first // BATCH % len(AGENTS)]}\r\norigin: https://{SITE}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


class Client(asyncio.Protocol):
    """One connection; the next request goes out when the last one is answered."""

    def __init__(self, waiting: list[bytes], latencies: list[float], done: asyncio.Future[None]) -> None:
        self.waiting, self.latencies, self.done = waiting, latencies, done
        self.answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        if not self.waiting:
            self.done.set_result(None)
            return
        self.sent = time.perf_counter()
        self.transport.write(self.waiting.pop())

    def data_received(self, data: bytes) -> None:
        self.answer += data
        if not self.answer.endswith(b"}"):
            return
        assert self.answer.startswith(b"HTTP/1.1 202"), self.answer
        assert self.answer.endswith(b'{"accepted":%d,"rejected":[]}' % BATCH), self.answer
        self.answer = b""
        self.latencies.append(time.perf_counter() - self.sent)
        self.send()


async def send_all(waiting: list[bytes], connections: int) -> list[float]:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    ends = [loop.create_future() for _ in range(connections)]
    for end in ends:
        await loop.create_connection(lambda end=end: Client(waiting, latencies, end), "127.0.0.1", PORT)
    await asyncio.gather(*ends)
    return sorted(latencies)


def wait_for_rows(connection: psycopg.Connection, journal: Path, wanted: int) -> None:
    """Until the journal is empty: to count rows takes PostgreSQL from what is measured."""
    while any(journal.glob("*.open")) or any(journal.glob("*.ndjson")):
        time.sleep(0.02)
    row = connection.execute("select count(*) from raw.events").fetchone()
    assert row == (wanted,), row


def transactions(connection: psycopg.Connection) -> int:
    row = connection.execute(
        "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"
    ).fetchone()
    return row[0] if row else 0


def parts_of(collector: CollectorProcesses, connection: psycopg.Connection) -> dict[str, psutil.Process]:
    server, loader = (psutil.Process(program.process.pid) for program in collector.programs)
    postmaster = psutil.Process(connection.info.backend_pid).parent()
    assert postmaster is not None
    return {"server": server, "loader": loader, "PostgreSQL": postmaster}


def single_inserts(url: str) -> float:
    """Rows a second: events that the collector has loaded, all their columns, each by an INSERT of its own."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("select * from raw.events limit %s", [INSERTS])
        columns = [column.name for column in found.description or ()]
        rows = [dict(zip(columns, row, strict=True)) | {"event_id": new_id()} for row in found]
        insert = sql.SQL("insert into raw.events ({}) values ({})").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(map(sql.Placeholder, columns))
        )
        started = time.perf_counter()
        for row in rows:
            connection.execute(insert, row)
        return len(rows) / (time.perf_counter() - started)


@dataclass
class Measured:
    """Seconds until all was accepted, and until all was loaded; processor seconds of each part until then."""

    latencies: list[float]
    accepted: float
    accepted_by: dict[str, float]
    loaded: float
    loaded_by: dict[str, float]
    transactions: int


def measure(collector: CollectorProcesses, url: str, events: int, connections: int) -> Measured:
    journal = collector.settings.journal_folder
    with psycopg.connect(url, autocommit=True) as connection:
        asyncio.run(send_all(requests_of(200 * BATCH), connections))  # everything is imported then
        wait_for_rows(connection, journal, 200 * BATCH)
        waiting = requests_of(events)
        before, used, sending = transactions(connection), ProcessorTime(parts_of(collector, connection)), own_seconds()
        started = time.perf_counter()
        latencies = asyncio.run(send_all(waiting, connections))
        accepted, sending = time.perf_counter() - started, own_seconds() - sending
        accepted_by = {"generator": sending, **used.seconds()}
        wait_for_rows(connection, journal, events + 200 * BATCH)
        loaded = time.perf_counter() - started
        loaded_by = {"generator": sending, **used.seconds()}
        return Measured(latencies, accepted, accepted_by, loaded, loaded_by, transactions(connection) - before)


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 400_000
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DOGEAR_HOME": folder, **dict.fromkeys(LIMITS, "0")}
        settings = Settings(home=Path(folder), collector_port=PORT)
        with open_database(settings) as url:
            save_site(url, Site(SITE, "bench"))
            environment = {"DATABASE_URL": url, "DOGEAR_COLLECTOR_PORT": str(PORT)}
            with CollectorProcesses(settings, environment) as collector:
                took = measure(collector, url, events, connections)
            inserts = single_inserts(url)
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"{events:,} events in batches of {BATCH} over {connections} connections")
    keep("collector", {"events": events, "connections": connections}, say(took, events, inserts))


def say(took: Measured, events: int, inserts: float) -> dict[str, float]:
    p50, p99 = (1000 * took.latencies[int(part * len(took.latencies))] for part in (0.5, 0.99))
    loaded = events / took.loaded
    print(f"accepted        {events / took.accepted:10,.0f} events/s   p50 {p50:.1f} ms   p99 {p99:.1f} ms")
    print(f"in PostgreSQL   {loaded:10,.0f} events/s   {loaded / inserts:.0f} times single-row INSERTs")
    print(f"single INSERTs  {inserts:10,.0f} events/s   ({INSERTS:,} of them)")
    fewer = 100 * (1 - took.transactions / events)
    print(f"transactions    {took.transactions:10,}            {fewer:.2f} % fewer than one per event")
    for what, seconds_by in (("accepted", took.accepted_by), ("in all", took.loaded_by)):
        each = ", ".join(f"{name} {1e6 * seconds / events:.1f}" for name, seconds in seconds_by.items())
        print(f"CPU {what:<12}{1e6 * sum(seconds_by.values()) / events:10.1f} us/event   {each}")
    return {
        "accepted, events/s": events / took.accepted,
        "p50, ms": p50,
        "p99, ms": p99,
        "in PostgreSQL, events/s": loaded,
        "single INSERTs, events/s": inserts,
        "transactions": took.transactions,
        **{f"CPU of {name}, us/event": 1e6 * seconds / events for name, seconds in took.loaded_by.items()},
    }


if __name__ == "__main__":
    main()
