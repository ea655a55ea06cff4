"""All routes of access, and how an application gets them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from orchestration.settings import Settings
from serving.access import account, api, sign_in
from serving.access.access import STATE, Access
from serving.access.budget import BudgetHeaders


@asynccontextmanager
async def until_the_end(app: FastAPI) -> AsyncGenerator[None]:
    """Close what the routes have opened when the application ends."""
    yield
    await getattr(app.state, STATE).database.close()


router = APIRouter(lifespan=until_the_end)
for part in (sign_in.routes, account.routes, api.routes):
    router.include_router(part)


def add_access(app: FastAPI, settings: Settings) -> None:
    """Add the routes, and what is left of a caller's budget to each answer."""
    setattr(app.state, STATE, Access(settings))
    app.include_router(router)
    if settings.oidc_issuer is not None:
        # Its libraries take 16 MB, and most installations name no provider.
        from serving.access import provider_routes

        app.include_router(provider_routes.routes)
    app.add_middleware(BudgetHeaders)
