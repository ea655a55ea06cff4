"""A collector that runs, and what one asks of it."""

import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import requests

from orchestration.cli.collector_processes import CollectorProcesses
from orchestration.content.sites import Site, save_site
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.settings import Settings

SITE = "example.org"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
PATIENCE = 180
NO_LIMITS = {"RATE_LIMIT": "0", "RATE_LIMIT_EVENTS": "0", "RATE_LIMIT_MB": "0", "SITE_RATE_LIMIT": "0"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(holds: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """What ``holds`` returns once it is true."""
    deadline = time.monotonic() + patience
    while not (found := holds()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
    return found


def page_view(path: str = "/", **more: Any) -> dict[str, Any]:
    data = {"occurred_at": datetime.now(UTC).isoformat(), "event_id": str(uuid.uuid4())}
    return {"type": "page_view", "data": {**data, "page_url": f"https://{SITE}{path}", **more}}


@dataclass(frozen=True)
class RunningCollector:
    """A collector's processes, and the database that it fills."""

    processes: CollectorProcesses
    database_url: str
    home: Path

    @property
    def url(self) -> str:
        return self.processes.url

    def post(self, body: Any, path: str = "/api/analytics/ingest", **more: Any) -> requests.Response:
        headers = {"user-agent": BROWSER, **more.pop("headers", {})}
        payload = {"data": body} if isinstance(body, bytes) else {"json": body}
        return requests.post(f"{self.url}{path}?site={SITE}", **payload, headers=headers, timeout=PATIENCE, **more)

    def send(self, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The answer to a batch that is taken in."""
        answer = self.post({"events": list(events), **more})
        assert answer.status_code == 202, answer.text
        return answer.json()

    def rows(self, question: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        with connect(self.database_url) as connection:
            return connection.execute(question.encode(), parameters).fetchall()

    def count(self) -> int:
        try:
            return self.rows("select count(*) from raw.events")[0][0]
        except (psycopg.Error, DogearError):  # PostgreSQL may be down on purpose
            return -1

    def wait_for(self, events: int) -> None:
        """Until raw.events holds so many, and the journal nothing."""
        until(lambda: self.count() >= events and not list((self.home / "journal").glob("*.ndjson")))


@contextmanager
def running_collector(home: Path, database_url: str, **settings: str) -> Iterator[RunningCollector]:
    port = free_port()
    names = {"HOME": str(home), "COLLECTOR_PORT": str(port), **NO_LIMITS, **settings}
    environment = {f"DOGEAR_{name}": value for name, value in names.items()}
    with suppress(DogearError):  # PostgreSQL may be down on purpose
        save_site(database_url, Site(SITE, "owner"))
    chosen = Settings(home=home, collector_port=port)
    with CollectorProcesses(chosen, {**environment, "DATABASE_URL": database_url}) as processes:
        yield RunningCollector(processes, database_url, home)
