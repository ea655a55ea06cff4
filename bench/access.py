"""What do key, session and scope add to a request, and to a question about a mart?

    .venv/bin/python -m bench.access [requests]

Asks one granian worker over one connection, in turns: a question to the database by nobody, and the same within the
scope of a key, of a session and of a token. 1,000 accounts have a key and a session each; a request is one of them at
random, and is counted towards its budget. Then a mart with 100 rows of each account is asked about the rows of one, by
a role that sees all, and within the scope of a key, where row-level security compares each row. Goal: 1 ms at most, of
95 in 100.
"""

import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from starlette.requests import HTTPConnection

from bench.latency import free_port
from bench.results import keep
from orchestration.access.analysts import add_analyst
from orchestration.access.credentials import Secret, new_secret
from orchestration.resources.database import ensure_database, expected_url
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect, with_database
from orchestration.resources.server import Server
from orchestration.settings import Settings
from serving.access.access import Access
from serving.access.caller import scoped
from serving.access.database import AccessDatabase
from serving.access.routes import add_access
from serving.access.tokens import Tokens
from serving.http.errors import answer_problems

ACCOUNTS = 1000
LOGIN, SEES_ALL = "bench_web", "bench_analyst"
QUESTION = "select count(*) as n from generate_series(1, 100)"
OF_MART = "select sum(visits) as n from marts.visits where site = %s and date >= '2026-01-01'"
ANSWER = b'{"n":100}'
# What is asked in each way: paths, with their headers. ``BASE`` is what a way is compared with.
Asked = dict[str, list[tuple[str, dict[str, str]]]]
BASE = {"mart, key": "mart, all"}
MART = """
    create schema marts;
    create table marts.visits as
    select name || '.example' as site, name as user_code, date::date, 1 as visits
    from access.accounts cross join generate_series('2026-01-01'::date, '2026-04-10', '1 day') as date;
    create index on marts.visits (site, date);
    select ops.open_to_web();
"""
WARM_UP = 200
FILL = """
    insert into access.accounts (name, role, plan)
    select 'account' || n, 'owner', 'pro' from generate_series(1, %(most)s) as n;
    insert into access.ownerships select account_id, name from access.accounts;
"""
KEY = """
    insert into access.api_keys (account_id, name, secret_hash, hint)
    select account_id, 'key', sha256(%s), 'dgr_' from access.accounts where name = %s
"""
SESSION = """
    insert into access.sessions (secret_hash, kind, account_id, expires_at)
    select sha256(%s), %s, account_id, now() + interval '1 day' from access.accounts where name = %s
"""


def make_app() -> FastAPI:
    """What granian serves: the same question without access, and with it."""
    app = FastAPI(openapi_url=None)
    answer_problems(app)
    settings = Settings(rate_limit_free=10**6, rate_limit_pro=10**6)
    add_access(app, settings)
    sees_all = AccessDatabase(Server({**Server.of(expected_url(settings)).parameters, "user": SEES_ALL}).url)

    @app.get("/without")
    async def without(request: Request) -> dict[str, Any]:
        async with Access.of(request).database.connection() as connection, connection.transaction():
            return await (await connection.execute(QUESTION)).fetchone() or {}

    @app.get("/api/within")
    async def within(request: HTTPConnection) -> dict[str, Any]:
        async with scoped(request) as (_, connection):
            return await (await connection.execute(QUESTION)).fetchone() or {}

    @app.get("/mart")
    async def mart(site: str) -> dict[str, Any]:
        async with sees_all.connection() as connection, connection.transaction():
            return await (await connection.execute(OF_MART, [site])).fetchone() or {}

    @app.get("/api/mart")
    async def mart_within(request: HTTPConnection, site: str) -> dict[str, Any]:
        async with scoped(request) as (_, connection):
            return await (await connection.execute(OF_MART, [site])).fetchone() or {}

    return app


def fill(url: str) -> Asked:
    """Make the accounts and the mart; return what is asked in each way."""
    asked: Asked = {
        "nobody": [("/without", {})],
        "key": [],
        "session": [],
        "token": [],
        "mart, all": [],
        "mart, key": [],
    }
    with connect(url) as connection:
        connection.execute(FILL.replace("%(most)s", str(ACCOUNTS)).encode())
        (signing,) = connection.execute("select secret from access.secrets where name = 'jwt'").fetchone() or (b"",)
        tokens = Tokens(bytes(signing))
        for number in range(1, ACCOUNTS + 1):
            name = f"account{number}"
            key, session, token = new_secret("key"), new_secret("session"), new_secret("token")
            connection.execute(KEY, [key.digest, name])
            for secret in (session, token):
                connection.execute(SESSION, [secret.digest, secret.kind, name])
            by_key = {"Authorization": f"Bearer {key.text}"}
            by_token = {"Authorization": f"Bearer {tokens.make(Secret('token', token.text), 900)}"}
            asked["key"].append(("/api/within", by_key))
            asked["session"].append(("/api/within", {"Cookie": f"dogear-session={session.text}"}))
            asked["token"].append(("/api/within", by_token))
            asked["mart, all"].append((f"/mart?site={name}.example", {}))
            asked["mart, key"].append((f"/api/mart?site={name}.example", by_key))
        connection.execute(MART.encode())
        connection.execute(f"create role {LOGIN} login in role dogear_web".encode())
    add_analyst(url, SEES_ALL)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return asked


@contextmanager
def served(url: str, folder: Path) -> Iterator[int]:
    """Serve as the web process is served; yields the port."""
    port = free_port()
    as_web = Server({**Server.of(url).parameters, "user": LOGIN}).url
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "bench.access:make_app"]
    environment = {**os.environ, "DATABASE_URL": as_web, "DOGEAR_HOME": str(folder / "home")}
    with subprocess.Popen([*command, "--port", str(port)], env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            yield port
        finally:
            server.terminate()


def wait_for(port: int) -> http.client.HTTPConnection:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/without")
            assert connection.getresponse().read() == ANSWER
        except OSError:
            assert time.monotonic() < deadline, "nobody answers"
            time.sleep(0.1)
        else:
            return connection


def milliseconds(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    taken = 1000 * (time.perf_counter() - started)
    assert body == ANSWER, body
    return taken


def of_100(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


def measure(port: int, asked: Asked, requests: int) -> dict[str, list[float]]:
    chance = random.Random(1)
    taken: dict[str, list[float]] = {way: [] for way in asked}
    with closing(wait_for(port)) as connection:
        for number in range(WARM_UP + requests):
            # In turns, so that whatever else the machine does weighs on all alike.
            for way, times in taken.items():
                spent = milliseconds(connection, *chance.choice(asked[way]))
                if number >= WARM_UP:
                    times.append(spent)
    return taken


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory() as name, EmbeddedPostgres(Path(name) / "postgres") as server_url:
        ensure_database(server_url, "dogear")
        url = with_database(server_url, "dogear")
        migrate(url)
        with served(url, Path(name)) as port:
            taken = measure(port, fill(url), requests)
    figures: dict[str, float] = {}
    for way, times in taken.items():
        p50, p95 = of_100(times, 50), of_100(times, 95)
        base = taken[BASE.get(way, "nobody")]
        base50, base95 = of_100(base, 50), of_100(base, 95)
        figures |= {f"{way} p50, ms": p50, f"{way} p95, ms": p95}
        if times is not base:
            figures[f"{way} adds at p95, ms"] = p95 - base95
        print(f"{way:<12}p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   adds {p50 - base50:5.2f} and {p95 - base95:5.2f} ms")
    keep("access", {"requests": requests}, figures)


if __name__ == "__main__":
    main()
