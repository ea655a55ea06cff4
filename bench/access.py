"""What do key, session and scope add to a request?

    .venv/bin/python -m bench.access [requests]

Asks one granian worker over one connection, in turns: a question to the database by nobody, and the same within the
scope of a key, of a session and of a token. 1,000 accounts have a key and a session each; a request is one of them at
random, and is counted towards its budget. Goal: 1 ms at most, of 95 in 100.
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
from orchestration.access.credentials import Secret, new_secret
from orchestration.resources.database import ensure_database
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect, with_database
from orchestration.resources.server import Server
from orchestration.settings import Settings
from serving.access.access import Access
from serving.access.caller import scoped
from serving.access.routes import add_access
from serving.access.tokens import Tokens
from serving.http.errors import answer_problems

ACCOUNTS = 1000
LOGIN = "bench_web"
QUESTION = "select count(*) as n from generate_series(1, 100)"
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
    add_access(app, Settings(rate_limit_free=10**6, rate_limit_pro=10**6))

    @app.get("/without")
    async def without(request: Request) -> dict[str, Any]:
        async with Access.of(request).database.connection() as connection, connection.transaction():
            return await (await connection.execute(QUESTION)).fetchone() or {}

    @app.get("/api/within")
    async def within(request: HTTPConnection) -> dict[str, Any]:
        async with scoped(request) as (_, connection):
            return await (await connection.execute(QUESTION)).fetchone() or {}

    return app


def fill(url: str) -> dict[str, list[dict[str, str]]]:
    """Make the accounts; return the headers of each way to ask."""
    headers: dict[str, list[dict[str, str]]] = {"key": [], "session": [], "token": []}
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
            headers["key"].append({"Authorization": f"Bearer {key.text}"})
            headers["session"].append({"Cookie": f"dogear-session={session.text}"})
            headers["token"].append({"Authorization": f"Bearer {tokens.make(Secret('token', token.text), 900)}"})
        connection.execute(f"create role {LOGIN} login in role dogear_web".encode())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return headers


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
            assert connection.getresponse().read() == b'{"n":100}'
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
    assert body == b'{"n":100}', body
    return taken


def of_100(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


def measure(port: int, headers: dict[str, list[dict[str, str]]], requests: int) -> dict[str, list[float]]:
    chance = random.Random(1)
    taken: dict[str, list[float]] = {"nobody": [], **{way: [] for way in headers}}
    with closing(wait_for(port)) as connection:
        for number in range(WARM_UP + requests):
            # In turns, so that whatever else the machine does weighs on all alike.
            for way, times in taken.items():
                path, said = ("/without", {}) if way == "nobody" else ("/api/within", chance.choice(headers[way]))
                spent = milliseconds(connection, path, said)
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
    base50, base95 = of_100(taken["nobody"], 50), of_100(taken["nobody"], 95)
    for way, times in taken.items():
        p50, p95 = of_100(times, 50), of_100(times, 95)
        figures |= {f"{way} p50, ms": p50, f"{way} p95, ms": p95}
        if way != "nobody":
            figures[f"{way} adds at p95, ms"] = p95 - base95
        print(f"{way:<10}p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   adds {p50 - base50:5.2f} and {p95 - base95:5.2f} ms")
    keep("access", {"requests": requests}, figures)


if __name__ == "__main__":
    main()
