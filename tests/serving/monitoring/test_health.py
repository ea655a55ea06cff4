"""What is said of a component: to whom, since when, and when it does not answer."""

import asyncio
from collections.abc import Iterator

import pytest
import requests
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from serving.http.errors import answer_problems
from serving.monitoring import health
from serving.monitoring.health import Component, Found, Health
from serving.monitoring.keeping import Kept
from serving.monitoring.readings import Reading, ServerSilentError
from serving.monitoring.routes import monitoring_routes
from tests.serving.served import served

BUSY = Found("degraded", {"connections": 90.0}, {"connections": 95.0})


async def is_busy() -> Found:
    return BUSY


async def is_silent() -> Reading:
    raise ServerSilentError


async def role_of(connection: HTTPConnection) -> str | None:
    return connection.headers.get("authorization")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    api = FastAPI(docs_url=None)
    answer_problems(api)
    failed = Component(lambda: asyncio.sleep(0, Found("failed")))
    api.include_router(
        monitoring_routes({"router": Component(is_busy), "postgresql": failed}, Kept(is_silent, 1), role_of)
    )
    with served(api) as url:
        yield url


def test_an_admin_sees_why_and_others_only_how(url):
    asked = f"{url}/health/router"
    said = requests.get(asked, headers={"Authorization": "admin"}, timeout=10).json()
    assert said.pop("since").endswith("Z")
    assert said == {"status": "degraded", "thresholds": {"connections": 90.0}, "detail": {"connections": 95.0}}
    for headers in ({}, {"Authorization": "owner"}):
        assert requests.get(asked, headers=headers, timeout=10).json() == {"status": "degraded"}


def test_without_postgresql_it_lives_and_cannot_answer(url):
    assert requests.get(f"{url}/healthz", timeout=10).ok
    ready = requests.get(f"{url}/readyz", timeout=10)
    assert (ready.status_code, ready.json()["code"], ready.headers["Retry-After"]) == (503, "unavailable", "5")


def test_a_component_that_there_is_not_names_those_that_there_are(url):
    answer = requests.get(f"{url}/health/nothing", timeout=10)
    assert (answer.status_code, answer.json()["allowed"]) == (404, ["router", "postgresql"])


def test_without_postgresql_the_metrics_of_the_process_and_its_components_are_left(url):
    text = requests.get(f"{url}/metrics", timeout=10).text
    assert 'dogear_component_up{component="postgresql"} 0.0' in text
    assert 'dogear_component_up{component="router"} 1.0' in text
    assert "dogear_requests" in text
    assert "dogear_visitors" not in text


def looked(component: Component, times: int) -> list[Health]:
    async def look() -> list[Health]:
        return [await component.health() for _ in range(times)]

    return asyncio.run(look())


def test_since_is_when_the_status_became_so(monkeypatch):
    monkeypatch.setattr(health, "KEPT_SECONDS", 0.0)
    statuses = iter(["ok", "ok", "failed", "failed", "ok"])

    async def look() -> Found:
        return Found(next(statuses))  # type: ignore[arg-type]

    since = [found.since for found in looked(Component(look), 5)]
    assert since[0] == since[1] < since[2] == since[3] < since[4]


def test_what_was_found_is_kept_for_a_while():
    statuses = iter(["ok", "failed"])

    async def look() -> Found:
        return Found(next(statuses))  # type: ignore[arg-type]

    assert [found.status for found in looked(Component(look), 3)] == ["ok"] * 3


def test_what_does_not_answer_has_failed(monkeypatch):
    monkeypatch.setattr(health, "LONGEST_LOOK", 0.05)

    async def look() -> Found:
        await asyncio.Event().wait()
        raise AssertionError

    assert [found.status for found in looked(Component(look), 1)] == ["failed"]
