"""How long does a question to the API take, through HTTP, with a key and row-level security?

    .venv/bin/python -m bench.questions [days] [events a day] [requests]

Builds the marts of one site, then asks one web process over one connection, each question in turns. Nothing is cached.
Goal: a question that a rollup answers takes 15 ms at most, of 95 in 100, with 5 million events.
"""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from bench.access import LOGIN, of_100
from bench.latency import free_port
from bench.results import keep
from bench.rollups import FIRST, Warehouse
from bench.visits import SITE
from orchestration.access.accounts import add_account
from orchestration.access.keys import add_key
from orchestration.days import DayRange
from orchestration.resources.database import open_database
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server
from orchestration.settings import Settings

WARM_UP = 20
# What is asked, and where it must come from.
QUESTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "by day": ("rollup", {"metrics": "visitors,page_views,bounce_rate", "dimensions": "time:day"}),
    "in all": ("rollup", {"metrics": "visitors,page_views,bounce_rate", "include": "totals"}),
    "top pages": ("rollup", {"metrics": "page_views,visitors", "dimensions": "page", "limit": "20"}),
    "by country": ("rollup", {"metrics": "sessions,bounce_rate", "dimensions": "country"}),
    "sources compared": (
        "rollup",
        {"metrics": "sessions,conversion_rate", "dimensions": "source", "compare": "previous", "limit": "20"},
    ),
    "visitors by country": ("detail", {"metrics": "visitors,page_views", "dimensions": "country"}),
    "free slice": (
        "detail",
        {
            "metrics": "visitors,page_views,time_on_page",
            "dimensions": "page,device",
            "filters": '["is", "browser", ["Firefox", "Chrome"]]',
            "limit": "50",
        },
    ),
}


@contextmanager
def served(url: str, folder: Path) -> Iterator[int]:
    """Serve as dogear serve does; yields the port."""
    port = free_port()
    as_web = Server({**Server.of(url).parameters, "user": LOGIN}).url
    environment = {**os.environ, "DATABASE_URL": as_web, "DOGEAR_HOME": str(folder), "DOGEAR_RATE_LIMIT_PRO": "0"}
    command = [sys.executable, "-m", "serving.run_server", "127.0.0.1", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            yield port
        finally:
            server.terminate()


def connected(port: int) -> http.client.HTTPConnection:
    deadline = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except OSError:
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.1)
        else:
            return connection


def asked(connection: http.client.HTTPConnection, key: str, question: dict[str, str], source: str) -> tuple[float, Any]:
    """Milliseconds until the whole answer was there, and what it took by its own account."""
    path = f"/api/v1/analytics/query?{urlencode(question, quote_via=quote)}"
    started = time.perf_counter()
    connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
    body = connection.getresponse().read()
    taken = 1000 * (time.perf_counter() - started)
    answer = msgspec.json.decode(body)
    assert answer["meta"]["source"] == source, body
    assert answer["rows"], body
    return taken, answer["meta"]["milliseconds"]


def measure(port: int, key: str, days: str, requests: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    with closing(connected(port)) as connection:
        for number in range(WARM_UP + requests):
            # In turns, so that whatever else the machine does weighs on all alike.
            for name, (source, question) in QUESTIONS.items():
                spent, _ = asked(connection, key, {**question, "range": days, "sites": SITE}, source)
                if number >= WARM_UP:
                    taken[name].append(spent)
    return taken


def main() -> None:
    days, events, requests = (
        int(sys.argv[at]) if len(sys.argv) > at else most for at, most in ((1, 28), (2, 7_000), (3, 200))
    )
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(home=Path(name))
        with open_database(settings) as url:
            warehouse = Warehouse(url, settings)
            made = warehouse.make(FIRST, days, events)
            last = FIRST + timedelta(days=days - 1)
            warehouse.build([DayRange(FIRST, last)])
            with connect(url) as connection:
                connection.execute("insert into content.sites (site, user_code) values (%s, 'bench')", [SITE])
                connection.execute(f"create role {LOGIN} login in role dogear_web".encode())
            add_account(url, "ada", "owner", ["bench"], plan="pro")
            key = add_key(url, "bench", account="ada")
            print(f"{made:,} events on {days} days", flush=True)
            with served(url, Path(name) / "web") as port:
                # Not from the first of a month, whose people a rollup has ready.
                taken = measure(port, key, f"{FIRST + timedelta(days=1)},{last}", requests)
    figures: dict[str, float] = {}
    for what, times in taken.items():
        p50, p95 = of_100(times, 50), of_100(times, 95)
        figures |= {f"{what} p50, ms": p50, f"{what} p95, ms": p95}
        print(f"{what:<24}{QUESTIONS[what][0]:<8}p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")
    keep("questions", {"days": days, "events": events, "requests": requests}, figures)


if __name__ == "__main__":
    main()
