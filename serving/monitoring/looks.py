"""One look a component: what is asked, and from which value on it counts as degraded or failed."""

import asyncio
from http.client import HTTPConnection, HTTPException
from typing import Any

import msgspec

from orchestration.errors import DogearError
from orchestration.resources.dagster_home import UI_PATH
from orchestration.resources.listening import reached_at
from orchestration.settings import Settings
from serving.monitoring.health import Found, Look
from serving.monitoring.keeping import Kept
from serving.monitoring.readings import Reading, ServerSilentError

SLOW_SECONDS = 0.5
CONNECTIONS_SHARE = 0.9
# The lake is written by night: a day that lacks is normal until then, two are not.
LAKE_DAYS = 2
# The sensor builds every day that changed, within minutes; after an import there may be many.
STALE_DAYS = 3
HTTP_SECONDS = 3
DAEMONS = b'{"query": "{ instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"}'


def looks(settings: Settings, reading: Kept[Reading], questions: Any) -> dict[str, Look]:
    """Return how to look at each component."""

    async def postgresql() -> Found:
        return look_at_postgresql(await reading.get())

    async def sync() -> Found:
        return look_at_sync(await reading.get())

    async def router() -> Found:
        if questions is None:
            return Found("off", detail={"reason": "This installation answers no questions yet."})
        return Found("ok", detail=questions.health())

    lake = LakeLook(settings)
    return {
        "postgresql": needs_server(postgresql),
        "duckdb": lambda: asyncio.to_thread(lake.look),
        "router": router,
        "sync": needs_server(sync),
        "collector": lambda: asyncio.to_thread(look_at_collector, settings),
        "dagster": lambda: asyncio.to_thread(look_at_dagster, settings),
    }


def needs_server(look: Look) -> Look:
    async def looked() -> Found:
        try:
            return await look()
        except ServerSilentError:
            return Found("failed", detail={"reason": "PostgreSQL does not answer."})

    return looked


def look_at_postgresql(reading: Reading) -> Found:
    """Slow to connect, or nearly out of connections, is degraded."""
    most = reading.now["most_connections"][""]
    used = reading.now["connections"][""]
    is_well = reading.seconds <= SLOW_SECONDS and used <= CONNECTIONS_SHARE * most
    return Found(
        "ok" if is_well else "degraded",
        {"connect_seconds": SLOW_SECONDS, "connections": CONNECTIONS_SHARE * most},
        {"connect_seconds": round(reading.seconds, 4), "connections": used, "version": reading.version},
    )


def look_at_sync(reading: Reading) -> Found:
    """What should follow by itself: content after commits, marts after events, the lake after closed days."""
    found = {
        name: reading.now.get(name, {}).get("", 0)
        for name in ("days_not_built", "days_not_in_lake", "sites_not_synced")
    }
    most = {"days_not_built": STALE_DAYS, "days_not_in_lake": LAKE_DAYS, "sites_not_synced": 0}
    is_well = all(found[name] <= most[name] for name in most)
    return Found("ok" if is_well else "degraded", most, found)


class LakeLook:
    """DuckDB on the lake. It is opened at the first look, and kept: what DuckDB and its files take, they take once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader: Any = None

    def look(self) -> Found:
        import duckdb

        from orchestration.lake.manifest import read_manifest
        from orchestration.lake.reader import FAILURES, LakeReader
        from orchestration.lake.storage import open_lake

        most = {"failures": float(FAILURES)}
        try:
            if not read_manifest(open_lake(self._settings.lake)).days:
                return Found("ok", most, {"days": 0})
            self._reader = self._reader or LakeReader(self._settings)
            with self._reader.session() as cursor:
                cursor.execute("select 1").fetchall()
            return Found(
                "ok" if self._reader.health()["state"] == "closed" else "degraded", most, self._reader.health()
            )
        except (DogearError, duckdb.Error, OSError) as error:
            return Found("failed", most, {"reason": str(error).partition("\n")[0]})


def look_at_collector(settings: Settings) -> Found:
    """As its own /health says: failed while its disk is full, degraded while PostgreSQL does not answer."""
    try:
        status, body = ask(settings.collector_host, settings.collector_port, "GET", "/health")
        said = msgspec.json.decode(body, type=dict[str, Any])
    except (OSError, HTTPException, msgspec.MsgspecError) as error:
        return Found("failed", {"seconds": HTTP_SECONDS}, {"reason": f"It does not answer: {type(error).__name__}."})
    is_known = status == 200 and said.get("status") in {"ok", "degraded"}
    return Found(said["status"] if is_known else "failed", {"seconds": HTTP_SECONDS}, said)


def look_at_dagster(settings: Settings) -> Found:
    """Its UI answers, and each of its daemons that must run does."""
    try:
        _, body = ask(settings.host, settings.port, "POST", f"{UI_PATH}/graphql", DAEMONS)
        said = msgspec.json.decode(body, type=dict[str, Any])
        daemons = said["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (OSError, HTTPException, msgspec.MsgspecError, LookupError, TypeError) as error:
        return Found("failed", {"seconds": HTTP_SECONDS}, {"reason": f"It does not answer: {type(error).__name__}."})
    unwell = [daemon["daemonType"] for daemon in daemons if daemon["required"] and not daemon["healthy"]]
    return Found("degraded" if unwell else "ok", {"daemons_not_running": 0}, {"daemons_not_running": unwell})


def ask(host: str, port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Ask a process of this installation; return the status and the body. Raises OSError and HTTPException."""
    connection = HTTPConnection(reached_at(host), port, timeout=HTTP_SECONDS)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
