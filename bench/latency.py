"""How long from the collector's 2xx until a mart has the event?

    .venv/bin/python -m bench.latency [events]

Starts ``dogear up`` with a home and ports of its own, the sample site and its four weeks of visits, and sends events
one after the other, each at another moment of the 30 seconds after which the sensor looks again. Goal: 5 minutes at
most, less than one as a rule.
"""

import os
import platform
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import requests

from bench.results import keep
from orchestration.resources.database import open_database
from orchestration.settings import SAMPLE_SITE, Settings

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
READY = "Ctrl-C stops everything"
LOOK_EVERY = 30
GIVE_UP = 600
FOUND = "select 1 from marts.analytics_page_views where event_id = %s"
# The run that built it: when it was asked for, when it began and how long it took.
LAST_BUILD = """
    select extract(epoch from queued_at - %(sent)s), extract(epoch from started_at - %(sent)s),
        extract(epoch from ended_at - %(sent)s)
    from ops.job_queue where job = 'update' and started_at is not null order by queued_at desc limit 1
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def dogear_up(settings: Settings) -> Iterator[None]:
    """Everything, as ``make run`` starts it; the block begins when it serves."""
    ports = {"DOGEAR_PORT": str(settings.port), "DOGEAR_COLLECTOR_PORT": str(settings.collector_port)}
    command = [sys.executable, "-m", "orchestration.cli.main", "up"]
    environment = {**os.environ, **ports, "DOGEAR_HOME": str(settings.home)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout
        try:
            said = next((line for line in up.stdout if line.startswith(READY)), None)
            assert said, "`dogear up` ended before it was ready"
            yield
        finally:
            up.send_signal(signal.SIGINT)
            up.stdout.read()


def send(settings: Settings) -> tuple[str, datetime]:
    """Send one page view; returns its id, and when it was accepted."""
    event_id = str(uuid.uuid4())
    data = {"event_id": event_id, "occurred_at": datetime.now(UTC).isoformat(), "page_url": f"https://{SAMPLE_SITE}/"}
    url = f"http://127.0.0.1:{settings.collector_port}/api/v1/analytics/pageview?site={SAMPLE_SITE}"
    answer = requests.post(url, json=data, headers={"user-agent": BROWSER}, timeout=30)
    assert answer.ok, answer.text
    return event_id, datetime.now(UTC)


def seconds_to_mart(connection: psycopg.Connection, settings: Settings) -> float:
    event_id, sent = send(settings)
    deadline = time.monotonic() + GIVE_UP
    while not connection.execute(FOUND, [event_id]).fetchone():
        assert time.monotonic() < deadline, f"not in the mart after {GIVE_UP} s"
        time.sleep(0.2)
    return (datetime.now(UTC) - sent).total_seconds()


def show_last_build(connection: psycopg.Connection, sent: datetime) -> str:
    row = connection.execute(LAST_BUILD, {"sent": sent}).fetchone()
    steps = zip(("asked for", "begun", "ended"), row or (), strict=False)
    return ", ".join(f"{what} at {seconds:.1f} s" for what, seconds in steps if seconds is not None)


def measure(settings: Settings, events: int) -> dict[str, float]:
    chance = random.Random(1)
    with open_database(settings) as url, psycopg.connect(url, autocommit=True) as connection:
        taken: list[float] = []
        for number in range(events):
            time.sleep(chance.uniform(0, LOOK_EVERY))
            sent = datetime.now(UTC)
            taken.append(seconds_to_mart(connection, settings))
            print(f"    event {number + 1}{taken[-1]:8.1f} s   build {show_last_build(connection, sent)}", flush=True)
    print(f"load of the last 5 minutes {os.getloadavg()[1]:.1f}")
    print(f"from 2xx to mart   median {statistics.median(taken):.1f} s   longest {max(taken):.1f} s (300 s at most)")
    return {"median, s": statistics.median(taken), "longest, s": max(taken)}


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    os.environ.pop("DATABASE_URL", None)
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "state", port=free_port(), collector_port=free_port())
        with dogear_up(settings):
            figures = measure(settings, events)
    keep("latency", {"events": events}, figures)


if __name__ == "__main__":
    main()
