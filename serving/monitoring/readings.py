"""What monitoring reads of PostgreSQL: counts of days by the marts, and what is true now."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import psycopg

from orchestration.days import today
from orchestration.errors import DogearError
from orchestration.events.event import LONGEST_DELAY
from orchestration.resources.server import Server
from serving.measures import TimedCursor
from serving.monitoring.day_counts import OTHER, DayCounts

log = logging.getLogger("dogear.web")

COUNTERS = ("visitors", "events", "letters", "page_views")
# Of the designs' themes and conversions, the last days count, today's too.
GAUGE_DAYS = 7
MOST_LABELS = 200
CONNECT_SECONDS = 3
LONGEST_STATEMENT = "set statement_timeout = '5s'"
DAYS = "select metric, day, label, amount from ops.monitored_days(%s)"
NOW = "select metric, label, amount from ops.monitored_now()"

Row = tuple[str, date, str, float]


class ServerSilentError(Exception):
    """PostgreSQL does not answer; the log says why."""


@dataclass(frozen=True)
class Reading:
    """What one look has found: ``now`` by metric and label; counts by counter and label; gauges of the last days."""

    now: Mapping[str, Mapping[str, float]]
    counts: Mapping[str, Mapping[str, float]]
    theme_views: Mapping[str, float]
    conversion_rate: Mapping[str, float]
    version: str
    seconds: float


class Readings:
    """Reads for one process, and keeps what it has counted in ``file``, so that a restart takes nothing away."""

    def __init__(self, database_url: str, file: Path) -> None:
        self._server = Server.of(database_url)
        self._file = file
        self._counts = read_counts(file)
        self._built_at: float | None = None
        self._first_day: date | None = None
        self._rows: list[Row] = []

    async def read(self) -> Reading:
        """Read what is true now, and the days again if a build has ended since. Raises ServerSilentError."""
        try:
            return await self._read()
        except (psycopg.Error, DogearError) as error:
            log.warning("Monitoring cannot ask PostgreSQL: %s", type(error).__name__)
            raise ServerSilentError from None

    async def _read(self) -> Reading:
        began = perf_counter()
        async with await self._connect() as connection:
            seconds = perf_counter() - began
            now: dict[str, dict[str, float]] = defaultdict(dict)
            for metric, label, amount in await (await connection.execute(NOW)).fetchall():
                now[metric][label] = amount
            await self._read_days(connection, now.get("built_at", {}).get(""))
            version = connection.info.parameter_status("server_version") or ""
        sums = sums_of_last_days(self._rows)
        sessions, converting = sums["sessions"], sums["converting_sessions"]
        return Reading(
            now,
            {name: self._counts[name].totals() for name in COUNTERS},
            dict(list(sums["themes"].items())[:MOST_LABELS]),
            {site: converting[site] / many for site, many in list(sessions.items())[:MOST_LABELS] if many},
            version,
            seconds,
        )

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        connection = await psycopg.AsyncConnection.connect(
            self._server.url, autocommit=True, cursor_factory=TimedCursor, connect_timeout=CONNECT_SECONDS
        )
        await connection.execute(self._server.session().encode())
        await connection.execute(LONGEST_STATEMENT)
        return connection

    async def _read_days(self, connection: psycopg.AsyncConnection[Any], built_at: float | None) -> None:
        """Count the days again, if their marts are others: that asks for more than what is true now."""
        first_day = today() - LONGEST_DELAY - timedelta(days=1)
        if built_at is None or (built_at == self._built_at and self._first_day == first_day):
            return
        rows: list[Row] = await (await connection.execute(DAYS, [first_day])).fetchall()
        if not rows:
            return
        self._rows, self._built_at, self._first_day = rows, built_at, first_day
        for name, counts in self._counts.items():
            counts.see(
                [(day, label, amount) for metric, day, label, amount in rows if metric == name], first_day, MOST_LABELS
            )
        await asyncio.to_thread(write_counts, self._file, self._counts)


def sums_of_last_days(rows: list[Row]) -> dict[str, dict[str, float]]:
    """Return the sum of each metric and label over the last days, in the order of the rows."""
    first_day = today() - timedelta(days=GAUGE_DAYS - 1)
    sums: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for metric, day, label, amount in rows:
        if day >= first_day and label != OTHER:
            sums[metric][label] += amount
    return sums


def read_counts(file: Path) -> dict[str, DayCounts]:
    """Return what the file holds; nothing was counted if it is not there, or is not whole."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=dict[str, DayCounts])
    except (FileNotFoundError, msgspec.DecodeError):
        found = {}
    return {name: found.get(name) or DayCounts() for name in COUNTERS}


def write_counts(file: Path, counts: Mapping[str, DayCounts]) -> None:
    """Replace the file as a whole. If the disk is full, the counts stay in memory."""
    new = file.with_suffix(".new")
    try:
        new.write_bytes(msgspec.json.encode(counts))
        new.replace(file)
    except OSError as error:
        log.warning("What monitoring has counted cannot be kept in %s: %s", file, error.strerror)
