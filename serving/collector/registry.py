"""What the collector must know to accept an event: the sites, and the salts of the days.

PostgreSQL has them. They are refreshed every few seconds, in the background, and kept in a file for a start while
PostgreSQL is down. A salt that is needed at once and unknown is made here, and pushed to PostgreSQL when it answers;
if another collector was faster, its salt is used from then on.
"""

import os
import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Self

import msgspec
import psycopg

from orchestration.hosts import bare_host
from orchestration.resources.postgres import connect

LOOK_EVERY = 2.0
LONGEST_WAIT = 1.0
LIFETIME = timedelta(days=2)
SOON = timedelta(hours=2)
FILE = "known.json"


class KnownSite(msgspec.Struct, frozen=True):
    """The owner of the site, and the hosts besides its own that may send its events."""

    user_code: str
    allowed_origins: list[str] = []


class Salt(msgspec.Struct, frozen=True):
    """A row of ``raw.visitor_salts``."""

    salt: bytes
    created_at: datetime


class State(msgspec.Struct):
    sites: dict[str, KnownSite] = {}
    salts: dict[date, Salt] = {}


class Known:
    """Sites by name, and salts by day. ``with Known(…)`` keeps them fresh inside the block."""

    def __init__(self, folder: Path, database_url: str, on_problem: Callable[[str], object] = lambda _: None) -> None:
        self.path = folder / FILE
        self.is_connected = False
        self._database_url = database_url
        self._on_problem = on_problem
        self._state = self._read()
        self._names = names_of(self._state.sites)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._written = b""
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._look_again, name="known", daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        # A bounded wait: a silent PostgreSQL would hold up the last requests. Its file is written by renaming.
        self._thread.join(LONGEST_WAIT)

    def site(self, name: str) -> KnownSite | None:
        return self._state.sites.get(name)

    def name_of(self, host: str) -> str:
        """Return the name of the site whose host this is, however its owner wrote it; ``host`` if there is none."""
        return host if host in self._state.sites else self._names.get(bare_host(host), host)

    def salt(self, day: date) -> bytes:
        """Return the salt of a day; made now where none is known."""
        known = self._state.salts.get(day)
        if known is None:
            with self._lock:
                known = self._state.salts.setdefault(day, Salt(secrets.token_bytes(32), datetime.now(UTC)))
            # At once: after a crash the same visitor, and an event without an id that is sent again, must be the same.
            self._write()
        return known.salt

    def _look_again(self) -> None:
        while not self._stop.wait(LOOK_EVERY):
            self._look()

    def _look(self) -> None:
        try:
            with connect(self._database_url) as connection:
                self._look_up(connection)
            self.is_connected = True
        except Exception as error:
            if self.is_connected:
                self._on_problem(f"PostgreSQL does not answer; what is accepted stays in the journal: {error}")
            self.is_connected = False
            self._forget_old_salts()
        self._write()

    def _look_up(self, connection: psycopg.Connection) -> None:
        """Push local salts to PostgreSQL, then refresh sites and salts from it; make missing salts."""
        sites = {
            name: KnownSite(str(user_code), str(origins or "").split())
            for name, user_code, origins in connection.execute(
                "select site, user_code, allowed_origins from content.sites"
            )
        }
        with self._lock:
            mine = dict(self._state.salts)
        for day in days_at_hand(datetime.now(UTC)):
            mine.setdefault(day, Salt(secrets.token_bytes(32), datetime.now(UTC)))
        connection.execute("select raw.destroy_old_visitor_salts()")
        connection.execute(
            "insert into raw.visitor_salts (day, salt, created_at) "
            "select * from unnest(%s::date[], %s::bytea[], %s::timestamptz[]) as made (day, salt, created_at) "
            "where made.created_at > now() - interval '2 days' on conflict (day) do nothing",
            [list(mine), [it.salt for it in mine.values()], [it.created_at for it in mine.values()]],
        )
        salts = {
            day: Salt(salt, created_at)
            for day, salt, created_at in connection.execute("select day, salt, created_at from raw.visitor_salts")
        }
        with self._lock:  # salts that were made meanwhile are pushed the next time
            made_since = {day: it for day, it in self._state.salts.items() if day not in mine and day not in salts}
            self._state = State(sites, {**made_since, **salts})
            self._names = names_of(sites)

    def _forget_old_salts(self) -> None:
        with self._lock:
            oldest = datetime.now(UTC) - LIFETIME
            self._state.salts = {day: it for day, it in self._state.salts.items() if it.created_at > oldest}

    def _read(self) -> State:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=State)
        except (OSError, msgspec.MsgspecError):
            return State()

    def _write(self) -> None:
        """Keep sites and salts for the next start, in a file that is replaced by renaming, for the owner only."""
        aside = self.path.with_name(f"{FILE}.{os.getpid()}")
        with self._lock:
            data = msgspec.json.encode(self._state)
        with self._writing:
            if data == self._written:
                return
            try:
                descriptor = os.open(aside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(self.path)
                self._written = data
            except OSError as error:
                self._on_problem(f"{self.path} cannot be written: {error.strerror}")


def names_of(sites: Iterable[str]) -> dict[str, str]:
    """Return the names of the sites by their hosts as they are compared."""
    return {bare_host(name): name for name in sorted(sites, reverse=True)}


def days_at_hand(now: datetime) -> set[date]:
    """Return today, and tomorrow when that is near.

    No sooner: a salt lives for two days, and is needed until half an hour after its day, for sessions across midnight.
    """
    return {now.date(), (now + SOON).date()}
