"""The Dagster UI for admins who signed in: it has no accounts itself."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response, WebSocket
from starlette.requests import HTTPConnection

from orchestration.resources.dagster_home import UI_PATH
from serving.http.problems import ProblemError
from serving.http.proxy import Proxy

METHODS = ["GET", "POST"]
# Before a socket is accepted, servers answer this with 403.
POLICY_VIOLATION = 1008


def dagster_routes(proxy: Proxy, is_admin: Callable[[HTTPConnection], Awaitable[bool]]) -> APIRouter:
    """Return the routes of everything below the UI's path. Others than admins see nothing there."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route(UI_PATH, methods=METHODS)
    @routes.api_route(f"{UI_PATH}/{{path:path}}", methods=METHODS)
    async def page(request: Request) -> Response:
        if await is_admin(request):
            return await proxy.answer(request)
        raise ProblemError(404, "There is nothing at this path; /openapi.json says what there is.")

    @routes.websocket(f"{UI_PATH}/{{path:path}}")
    async def socket(websocket: WebSocket) -> None:
        if await is_admin(websocket):
            await proxy.connect(websocket, lambda: is_admin(websocket))
        else:
            await websocket.close(POLICY_VIOLATION)

    return routes
