"""The paths of monitoring: is the process alive, can it answer, how are the parts, and the metrics."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import PlainTextResponse

from serving.http.contract import problems
from serving.http.guard import LOOPBACK, host_of
from serving.http.problems import ProblemError, nothing_here
from serving.monitoring.exposition import exposition
from serving.monitoring.health import Component, Health, Status, health_of_all
from serving.monitoring.keeping import Kept
from serving.monitoring.readings import Reading, ServerSilentError
from serving.monitoring.roles import ADMIN, RoleOf

# What a proxy adds; behind it, everybody comes from loopback.
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
JSON = "application/json"


class Alive(BaseModel):
    status: Literal["ok"]


class ComponentHealth(BaseModel):
    """What everybody may know of a component, and what admins see besides."""

    status: Status
    since: Annotated[str | None, Field(description="For admins: since when it has been so, RFC 3339.")] = None
    thresholds: Annotated[dict[str, float] | None, Field(description="For admins: what decides.")] = None
    detail: Annotated[dict[str, Any] | None, Field(description="For admins: what was found.")] = None


def monitoring_routes(components: Mapping[str, Component], reading: Kept[Reading], role_of: RoleOf) -> APIRouter:
    routes = APIRouter(tags=["monitoring"])

    @routes.get("/healthz", summary="Does the process live?")
    async def healthz() -> Alive:
        return Alive(status="ok")

    @routes.get(
        "/readyz",
        summary="Can it answer? Not without PostgreSQL.",
        responses=problems({503: "Not for now: PostgreSQL does not answer."}),
    )
    async def readyz() -> Alive:
        if (await components["postgresql"].health()).status == "failed":
            raise ProblemError(503, "PostgreSQL does not answer.", headers={"Retry-After": "5"})
        return Alive(status="ok")

    @routes.get(
        "/health/{component}",
        summary="How is a component?",
        response_model=ComponentHealth,
        response_model_exclude_none=True,
        responses=problems({404: "There is no such component.", 422: "The name is not valid."}),
    )
    async def health(
        component: Annotated[str, Path(description=f"One of: {', '.join(components)}.")], request: Request
    ) -> Response:
        if component not in components:
            raise ProblemError(404, "There is no such component.", allowed=list(components))
        found = await components[component].health()
        try:
            is_admin = await role_of(request) == ADMIN
        except ProblemError:
            is_admin = False  # nobody can say; how PostgreSQL is can be asked all the same
        return Response(said_of(found, is_admin), media_type=JSON)

    @routes.get(
        "/metrics",
        summary="The metrics in Prometheus' formats, for this machine and for admins",
        response_class=PlainTextResponse,
        responses=problems({404: "There is nothing here for this caller.", 503: "PostgreSQL cannot say who asks."}),
    )
    async def metrics(request: Request) -> Response:
        if not is_of_this_machine(request) and await role_of(request) != ADMIN:
            raise nothing_here()
        try:
            found = await reading.get()
        except ServerSilentError:
            found = None
        text, content_type = exposition(request.headers.get("accept", ""), found, await health_of_all(components))
        return Response(text, media_type=content_type)

    return routes


def said_of(health: Health, to_admin: bool) -> bytes:
    return msgspec.json.encode(health if to_admin else {"status": health.status})


def is_of_this_machine(request: Request) -> bool:
    """Whether the request was made on this machine and to it, by no proxy that names itself."""
    try:
        is_near = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    is_to_us = host_of(request.headers.get("host", "").lower()) in LOOPBACK
    return is_near and is_to_us and not any(name in request.headers for name in FORWARDED)
