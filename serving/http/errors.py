"""Every error of a FastAPI application as a problem: its own, those of routing, and what is not valid."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from serving.http.answers import log_once
from serving.http.problems import CONTENT_TYPE, ProblemError, nothing_here, problem

# Where FastAPI found a value: in the body JSON has a pointer to it, elsewhere it has a name.
BODY = "body"
LONGEST_METHOD = 20


def answer_problems(app: FastAPI) -> None:
    """Let the application answer each error with a problem."""
    app.add_exception_handler(ProblemError, answer_ours)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(Exception, answer_failure)


async def answer_ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)
    return response(error.status, error.body, error.headers)


async def answer_invalid(_: Request, error: Exception) -> Response:
    """Say which parts are wrong, and what may be there. Never what was sent: it may be a password."""
    assert isinstance(error, RequestValidationError)
    errors = [invalid_part(found) for found in error.errors()]
    return response(422, problem(422, "Parts of this request are not valid; `errors` names them.", errors=errors))


def invalid_part(found: Mapping[str, Any]) -> dict[str, str]:
    """Return one member of ``errors``: a JSON pointer into the body, or the name of a parameter, and what is wrong."""
    where, *path = found["loc"]
    said = {"detail": str(found["msg"])}
    if where == BODY:
        # JSON that cannot be read has a position in place of a path.
        said["pointer"] = "" if found["type"] == "json_invalid" else "".join(f"/{escaped(part)}" for part in path)
    else:
        said |= {"in": str(where), "parameter": ".".join(map(str, path))}
    if expected := found.get("ctx", {}).get("expected"):
        said["allowed"] = str(expected)
    return said


def escaped(part: int | str) -> str:
    """Write a part of a path as JSON pointers do (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


async def answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return await answer_ours(request, nothing_here())
    if error.status_code == 405:
        allowed = methods_at(request, (error.headers or {}).get("Allow", "GET"))
        detail = f"{request.method[:LONGEST_METHOD]} is of no use here."
        return response(405, problem(405, detail, allowed=allowed), {"Allow": ", ".join(allowed)})
    return response(error.status_code, problem(error.status_code, str(error.detail)), error.headers)


def methods_at(request: Request, first: str) -> list[str]:
    """Return the methods of this path by the contract: the framework names those of its ``first`` route alone."""
    path = getattr(request.scope.get("route"), "path", "")
    methods = {method.upper() for method in request.app.openapi()["paths"].get(path, {})} | set(first.split(", "))
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


async def answer_failure(request: Request, error: Exception) -> Response:
    log_once(request.scope, error)
    return response(500, problem(500, "This went wrong here; the log says why, under the X-Request-Id of this answer."))


def response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, dict(headers or {}), CONTENT_TYPE.decode())
