"""The collector's routes other than those for events: its health, its contract, and the tracker script."""

from collections.abc import Callable
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from serving.collector.contract import add_events
from serving.collector.ingest import Collector
from serving.http.answers import POLICY
from serving.http.contract_page import STYLE, contract_page, style
from serving.http.problems import CONTENT_TYPE, problem

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
    """Return the FastAPI application; ``collector`` gives the one that has been opened.

    FastAPI's own pages of the contract load scripts from elsewhere: ours is in their place.
    """
    app = FastAPI(
        title="Dogear collector",
        description=DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_exception_handler(StarletteHTTPException, answer_problem)
    app.add_exception_handler(Exception, answer_problem)

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

    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return Response(contract_page(app.openapi()), media_type="text/html", headers=PAGE)

    @app.get(STYLE, include_in_schema=False)
    def docs_style() -> Response:
        return Response(style(), media_type="text/css")

    documented = app.openapi

    def with_events() -> dict[str, Any]:
        return add_events(documented())

    app.openapi = with_events
    return app


async def answer_problem(request: Request, error: Exception) -> Response:
    """Turn errors of FastAPI into problems."""
    if not isinstance(error, StarletteHTTPException):
        return problem_of(500, "This went wrong here.")
    if error.status_code == 404:
        return problem_of(404, "There is nothing at this path; /openapi.json says what there is.")
    if error.status_code == 405:
        return problem_of(405, f"{request.method[:20]} is of no use here.", {"allow": "GET, HEAD"})
    return problem_of(error.status_code, str(error.detail))


def problem_of(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    return Response(problem(status, detail), status, headers, CONTENT_TYPE.decode())
