"""The two sides of ``bench.hostile``: those who attack, and the readers who notice."""

import asyncio
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ATTACKERS = [f"127.0.0.{last}" for last in range(2, 12)]
READERS = [f"127.0.1.{last}" for last in range(1, 51)]
IDLE_EACH = 150
SENDING_EACH = 6
EVENTS_OF_A_READER = 5
PATIENCE = 20.0
NOBODY = -1


@dataclass
class Said:
    """What clients were answered. ``unknown``: events of requests that nobody answered, which may be kept or not."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    accepted: int = 0
    unknown: int = 0

    def add(self, status: int, seconds: float, accepted: int, sent: int) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)
        self.accepted += accepted
        self.unknown += sent if status == NOBODY else 0


def event(at: datetime, **more: Any) -> dict[str, Any]:
    data = {"occurred_at": at.isoformat(), "event_id": str(uuid.uuid4()), "page_url": "https://hostile.example/a"}
    return {"type": "page_view", "data": {**data, **more}}


def large() -> list[dict[str, Any]]:
    return [event(datetime.now(UTC), page_title="x" * 740) for _ in range(1_000)]


def distinct() -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    return [event(now, page_title=f"{uuid.uuid4()}", properties={"a": f"{uuid.uuid4()}"}) for _ in range(1_000)]


def old_days() -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    return [event(now - timedelta(days=day)) for day in range(364)]


def a_visit() -> list[dict[str, Any]]:
    return [event(datetime.now(UTC), page_title=f"Post {number}") for number in range(EVENTS_OF_A_READER)]


def request_of(events: list[dict[str, Any]], site: str) -> bytes:
    body = json.dumps({"events": events}).encode()
    head = f"POST /api/analytics/ingest?site={site} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def exchange(port: int, address: str, events: list[dict[str, Any]], site: str, said: Said) -> None:
    """Send one request over a connection of its own, and note what is answered."""
    request, started = request_of(events, site), time.perf_counter()
    status, accepted = NOBODY, 0
    with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
            try:
                status, accepted = await answer_to(request, reader, writer)
            finally:
                writer.close()
    said.add(status, time.perf_counter() - started, accepted, len(events))


async def answer_to(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[int, int]:
    """The status, and how many events were accepted."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status != 202:
        return status, 0
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return status, json.loads(await reader.readexactly(length))["accepted"]


async def read_pages(port: int, site: str, seconds: float, every: float) -> Said:
    """Readers: a request each moment, however long the last one takes."""
    said, sending = Said(), set[asyncio.Task[None]]()
    started = time.perf_counter()
    for number in range(int(seconds / every)):
        await asyncio.sleep(max(0.0, started + number * every - time.perf_counter()))
        address = READERS[number % len(READERS)]
        sending.add(asyncio.create_task(exchange(port, address, a_visit(), site, said)))
    await asyncio.gather(*sending)
    return said


def attack(port: int, site: str, seconds: float) -> Said:
    """All ten attackers, for so long; what they were answered."""
    return asyncio.run(attack_together(port, site, time.monotonic() + seconds))


async def attack_together(port: int, site: str, until: float) -> Said:
    said = Said()
    made: list[Callable[[], list[dict[str, Any]]]] = [large, distinct, old_days]
    async with asyncio.TaskGroup() as tasks:
        for address in ATTACKERS:
            for _ in range(IDLE_EACH):
                tasks.create_task(hold(port, address, until))
            for number in range(SENDING_EACH):
                tasks.create_task(send(port, address, made[number % len(made)](), site, until, said))
    return said


async def hold(port: int, address: str, until: float) -> None:
    """Hold a connection, and say nothing; another when it is closed."""
    while (left := until - time.monotonic()) > 0:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(left):
                reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
                try:
                    await reader.read()
                finally:
                    writer.close()
        await asyncio.sleep(random.random() / 10)


async def send(port: int, address: str, events: list[dict[str, Any]], site: str, until: float, said: Said) -> None:
    """Send such a batch again and again, its ids new each time."""
    while time.monotonic() < until:
        for each in events:
            each["data"]["event_id"] = str(uuid.uuid4())
        await exchange(port, address, events, site, said)
