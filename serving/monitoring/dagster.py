"""The Dagster UI for admins who signed in: it has no accounts itself."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response, WebSocket
from starlette.responses import RedirectResponse

from orchestration.resources.dagster_home import UI_PATH
from serving.http.problems import ProblemError, nothing_here
from serving.http.proxy import POLICY_VIOLATION, Proxy
from serving.monitoring.roles import ADMIN, RoleOf

METHODS = ["GET", "POST"]


def dagster_routes(proxy: Proxy, role_of: RoleOf) -> APIRouter:
    """Return the routes of everything below the UI's path. Others than admins see nothing there."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route(UI_PATH, methods=METHODS)
    @routes.api_route(f"{UI_PATH}/{{path:path}}", methods=METHODS)
    async def page(request: Request) -> Response:
        role = await role_of(request)
        if role == ADMIN:
            return await proxy.answer(request)
        if role is None and is_opened_by_a_person(request):
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/sign-in?{urlencode({'next': wanted})}", 303)
        raise nothing_here()

    @routes.websocket(f"{UI_PATH}/{{path:path}}")
    async def socket(websocket: WebSocket) -> None:
        async def may_stay() -> bool:
            try:
                return await role_of(websocket) == ADMIN
            except ProblemError:
                return False

        if await may_stay():
            await proxy.connect(websocket, may_stay)
        else:
            # Before it is accepted, which the server answers with 403.
            await websocket.close(POLICY_VIOLATION)

    return routes


def is_opened_by_a_person(request: Request) -> bool:
    return request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"
