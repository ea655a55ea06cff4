"""All routes of access, and how an application gets them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from orchestration.settings import Settings
from serving.access import account, api, sign_in
from serving.access.access import STATE, Access
from serving.access.budget import BudgetHeaders
from serving.access.caller import check_unasked
from serving.http.errors import answer_ours
from serving.http.problems import ProblemError


@asynccontextmanager
async def until_the_end(app: FastAPI) -> AsyncGenerator[None]:
    """Close what the routes have opened when the application ends."""
    yield
    await getattr(app.state, STATE).database.close()


router = APIRouter(lifespan=until_the_end)
for part in (sign_in.routes, account.routes, api.routes):
    router.include_router(part)


def add_access(app: FastAPI, settings: Settings) -> None:
    """Add the routes, and what is left of a caller's budget to each answer; errors have their answers already."""
    setattr(app.state, STATE, Access(settings))
    app.include_router(router)
    if settings.oidc_issuer is not None:
        # Its libraries take 16 MB, and most installations name no provider.
        from serving.access import provider_routes

        app.include_router(provider_routes.routes)
    for kind in (RequestValidationError, HTTPException):
        app.add_exception_handler(kind, to_those_who_may_ask(app.exception_handlers[kind]))
    app.add_middleware(BudgetHeaders)


def to_those_who_may_ask(answer: Any) -> Any:
    """Return ``answer``, the handler of an error that is found before a route runs; nobody gets another one."""

    async def answer_or_refuse(request: Request, error: Exception) -> Response:
        try:
            await check_unasked(request)
        except ProblemError as refusal:
            return await answer_ours(request, refusal)
        return await answer(request, error)

    return answer_or_refuse
