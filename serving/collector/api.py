"""The collector's routes other than those for events: its health, its contract, and the tracker script."""

from collections.abc import Callable
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from serving.collector.contract import add_events
from serving.collector.ingest import Collector
from serving.http.answers import POLICY
from serving.http.api import make_bare_api
from serving.http.errors import answer_http, response
from serving.http.problems import problem

DESCRIPTION = """
Takes in what visitors do. What is answered 202 is on disk, and counts exactly once, however often it is sent: each
event has an id.
"""

PAGE = {"content-security-policy": f"{POLICY.decode()}; frame-ancestors 'none'"}


class Health(BaseModel):
    """degraded: accepted events wait on disk until PostgreSQL answers; full: the disk is full, nothing is accepted."""

    status: Literal["ok", "degraded", "full"]
    postgresql: bool
    journal_files: int


def make_api(collector: Callable[[], Collector]) -> FastAPI:
    """Return the FastAPI application; ``collector`` gives the one that has been opened."""
    app = make_bare_api("Dogear collector", DESCRIPTION, PAGE)
    app.add_exception_handler(StarletteHTTPException, answer_http)
    app.add_exception_handler(Exception, answer_failure)

    @app.get("/health", summary="Can events be kept, and does PostgreSQL answer?")
    def health() -> Health:
        known, journal = collector().known, collector().journal
        is_connected = known.is_connected
        return Health(
            status="full" if not journal.has_room() else "ok" if is_connected else "degraded",
            postgresql=is_connected,
            journal_files=journal.waiting_files(),
        )

    @app.get("/{name}.js", include_in_schema=False)
    def script(name: str, request: Request) -> Response:
        from serving.tracker.files import gzipped, tracker_file

        try:
            data, etag = tracker_file(f"{name}.js")
        except KeyError:
            raise HTTPException(404) from None
        headers = {"etag": etag, "cache-control": "public, max-age=3600", "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            data, headers = gzipped(f"{name}.js"), {**headers, "content-encoding": "gzip"}
        return Response(data, media_type="text/javascript; charset=utf-8", headers=headers)

    documented = app.openapi

    def with_events() -> dict[str, Any]:
        return add_events(documented())

    app.openapi = with_events
    return app


async def answer_failure(_: Request, __: Exception) -> Response:
    return response(500, problem(500, "This went wrong here."))
