"""The web process: everything that answers people and programs, put together."""

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from orchestration.resources.dagster_home import UI_PATH
from orchestration.resources.database import expected_url
from orchestration.resources.listening import place, reached_at
from orchestration.settings import Settings
from serving.access.caller import maybe_caller
from serving.access.routes import add_access
from serving.http.answers import Answers
from serving.http.api import make_bare_api
from serving.http.bodies import BoundedBodies, in_flight_of_pages
from serving.http.client_address import ClientAddress, trusted_networks
from serving.http.connections import Connections, connections_at_once
from serving.http.errors import answer_problems
from serving.http.guard import Asgi, Guard
from serving.http.proxy import Proxy
from serving.monitoring.dagster import dagster_routes
from serving.monitoring.health import Component
from serving.monitoring.keeping import Kept
from serving.monitoring.looks import looks
from serving.monitoring.readings import Readings
from serving.monitoring.requests import Measured
from serving.monitoring.routes import monitoring_routes
from serving.questions.service import Questions
from serving.rest.routes import add_api

DESCRIPTION = "What readers do with what you write. Errors are problem details (RFC 9457) with a stable `code`."
# Pages whose forms are sent to themselves.
FORMS = ("/sign-in", "/sign-in/link", "/sign-out", "/account")
# Of the UI as the guard of its own port has them.
ACTING = tuple(f"{UI_PATH}/{path}" for path in ("graphql", "notebook", "dagit/notebook"))
READING_SECONDS = 4.0
COUNTS = "monitoring-counts.json"


def build_app(settings: Settings, *, questions: Questions | None = None, cache: Any = None) -> Asgi:
    """Return the ASGI application of this installation, behind its guard; tests may replace its parts."""
    addresses = ClientAddress(trusted_networks(settings.trusted_proxies))
    port, most = settings.web_port, settings.connection_limit
    in_flight = in_flight_of_pages(most)
    connections = Connections(port, most, connections_at_once(), addresses.client_at, in_flight.busy)
    api = build_api(settings, connections, questions=questions, cache=cache)
    bounded = BoundedBodies(api, in_flight, addresses)
    names = {reached_at(settings.web_host), *settings.web_host_names}
    return Guard(Answers(Measured(bounded)), names, ACTING, forms=FORMS, setting="DOGEAR_WEB_HOSTS")


def build_api(
    settings: Settings,
    connections: AbstractContextManager[Any] | None = None,
    *,
    questions: Questions | None = None,
    cache: Any = None,  # noqa: ARG001 - to come
) -> FastAPI:
    """Return the routes and their contract; ``connections`` are looked at while it runs."""
    questions = questions or Questions(settings.question_seconds)
    dagster = Proxy(place(reached_at(settings.host), settings.port))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        with connections or nullcontext():
            yield
        await dagster.close()

    api = make_bare_api("Dogear", DESCRIPTION, lifespan=lifespan)
    answer_problems(api)
    monitor = settings.monitor_database_url
    monitor_url = monitor.get_secret_value() if monitor else expected_url(settings)
    reading = Kept(Readings(monitor_url, settings.home_folder / COUNTS).read, READING_SECONDS)
    components = {name: Component(look) for name, look in looks(settings, reading, questions).items()}
    add_access(api, settings)
    add_api(api, questions)
    api.include_router(monitoring_routes(components, reading, role_of))
    api.include_router(dagster_routes(dagster, role_of))
    return api


async def role_of(connection: HTTPConnection) -> str | None:
    """Return the role of who asks; None for nobody. A key that is limited to sites reads, and no more."""
    found = await maybe_caller(connection)
    if found is None:
        return None
    return found.role if found.scopes.sites is None else "analyst"
