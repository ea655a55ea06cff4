"""How much is asked, and how long requests, the database and caches take: measured where it happens."""

from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from psycopg import AsyncCursor

# When each began is of no use here, and would be a third of the text.
disable_created_metrics()
REGISTRY = CollectorRegistry()
# Seconds: cached answers take two milliseconds, slices of history some hundred.
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.3, 0.5, 1, 2.5, 5, 10)
ProcessCollector(namespace="dogear", registry=REGISTRY)

REQUESTS = Counter(
    "dogear_requests", "Requests, by method, route and status.", ["method", "route", "status"], registry=REGISTRY
)
REQUEST_SECONDS = Histogram(
    "dogear_request_duration_seconds",
    "Seconds until the whole answer was sent, by route.",
    ["route"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
DATABASE_SECONDS = Histogram(
    "dogear_database_duration_seconds",
    "Seconds that PostgreSQL took for a statement.",
    buckets=BUCKETS,
    registry=REGISTRY,
)
QUESTION_SECONDS = Histogram(
    "dogear_question_duration_seconds",
    "Seconds until a question had its answer, by where its rows come from (rollup, detail, mixed).",
    ["source"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
STORE_SECONDS = Histogram(
    "dogear_cache_store_duration_seconds",
    "Seconds that a cache took, by cache and operation (get or put).",
    ["store", "operation"],
    buckets=(0.00001, 0.0001, *BUCKETS[:10]),
    registry=REGISTRY,
)
SOCKETS = Gauge("dogear_sockets", "WebSockets that are open.", registry=REGISTRY)


class TimedCursor(AsyncCursor[Any]):
    """A cursor whose statements are measured: the ``cursor_factory`` of each connection of the web process."""

    async def execute(self, *arguments: Any, **named: Any) -> "TimedCursor":
        with DATABASE_SECONDS.time():
            await super().execute(*arguments, **named)
        return self
