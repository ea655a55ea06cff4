"""Every route of the web process, found in the application itself, asked by everybody who must not see another's."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg
import pytest
import requests
from fastapi import FastAPI
from fastapi.routing import APIWebSocketRoute

from orchestration.access.accounts import accounts, add_account, change_account
from orchestration.access.keys import add_key, revoke_key
from orchestration.access.keys import keys as stored_keys
from orchestration.settings import Settings
from serving.app import build_api, build_app
from tests.serving.access.conftest import as_web
from tests.serving.served import served

# Is in everything that belongs to one owner, and nowhere else.
MARK = "zq7"
OPEN = {"/openapi.json", "/docs", "/docs.css", "/access.css", "/sign-in", "/sign-in/link", "/healthz", "/readyz"}
OPEN_TO_ALL = OPEN | {"/health/{component}"}
# As a proxy passes on what strangers ask: a program on this machine may read metrics.
STRANGER = {"X-Forwarded-For": "203.0.113.9"}


def all_routes(routes: Sequence[Any]) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "original_router"):
            yield from all_routes(route.original_router.routes)
        else:
            yield route


@pytest.fixture(scope="module")
def settings(owner_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", as_web(owner_url))
        yield Settings(home=tmp_path_factory.mktemp("walked"), rate_limit_free=0, rate_limit_pro=0)


@pytest.fixture(scope="module")
def api(settings: Settings) -> FastAPI:
    return build_api(settings)


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with served(build_app(settings)) as url:
        yield url


@pytest.fixture(scope="module")
def keys(owner_url: str) -> dict[str, str]:
    """Keys of everybody who asks; those named first are valid, and of another owner than the marked one."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("delete from access.accounts")
        connection.execute(f"insert into content.sites (site, user_code) values ('{MARK}.example', '{MARK}')".encode())
    add_account(owner_url, f"{MARK}-ada", "owner", [MARK])
    add_account(owner_url, f"{MARK}-gone", "owner", [MARK])
    add_key(owner_url, f"{MARK}-report", account=f"{MARK}-ada")
    add_account(owner_url, "bob", "owner", ["bob"], plan="pro")
    add_account(owner_url, "free-bob", "owner", ["bob"], plan="free")
    add_account(owner_url, "reader", "analyst", ["bob"])
    add_account(owner_url, "nothing", "owner", ["elsewhere"])
    valid = {name: add_key(owner_url, "walk", account=name) for name in ("bob", "free-bob", "reader", "nothing")}
    valid["limited"] = add_key(owner_url, "limited", site="bob.example", account="bob")
    invalid = {
        "expired": add_key(owner_url, f"{MARK}-old", account=f"{MARK}-ada", expires="1d"),
        "revoked": add_key(owner_url, f"{MARK}-revoked", account=f"{MARK}-ada"),
        "disabled": add_key(owner_url, f"{MARK}-disabled", account=f"{MARK}-gone"),
        "made up": valid["bob"][:-4] + "AAAA",
    }
    revoke_key(owner_url, f"{MARK}-revoked")
    change_account(owner_url, f"{MARK}-gone", is_enabled=False)
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("update access.api_keys set expires_at = now() where name = %s", [f"{MARK}-old"])
    return valid | invalid


INVALID = ("expired", "revoked", "disabled", "made up")


def answered(url: str, method: str, path: str, key: str | None) -> tuple[int, str, dict[str, str]]:
    headers = STRANGER | ({"Authorization": f"Bearer {key}"} if key else {})
    body = {} if method in {"POST", "PUT", "PATCH", "DELETE"} else None
    found = requests.request(method, url + path, json=body, headers=headers, timeout=30, allow_redirects=False)
    # What differs from answer to answer.
    text = re.sub(r'"csrf_token":"[^"]*"|name="csrf" value="[^"]*"', "", found.text)
    kept = {name: value for name, value in found.headers.items() if name.lower() not in {"x-request-id", "date"}}
    return found.status_code, text, kept


def filled(path: str, values: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: values.get(found[1], "graphql"), path)


def test_nobody_sees_what_is_another_s(api: FastAPI, url: str, keys: dict[str, str], owner_url: str):
    routes = [(route.path, sorted(route.methods)) for route in all_routes(api.routes) if hasattr(route, "methods")]
    assert api.openapi()["paths"].keys() <= {path for path, _ in routes}
    (key,) = (key for key in stored_keys(owner_url) if key.name == f"{MARK}-report")
    there = {"key_id": str(key.key_id), "name": f"{MARK}-ada", "component": "postgresql"}
    nowhere = {"key_id": str(uuid4()), "name": "nobody-at-all", "component": "postgresql"}
    asked = 0
    for path, methods in routes:
        for method in methods:
            of_nobody = answered(url, method, filled(path, nowhere), None)
            assert (of_nobody[0] < 300) <= (path in OPEN_TO_ALL), (method, path, of_nobody)
            for name in keys:
                found = answered(url, method, filled(path, there), keys[name])
                at_nowhere = answered(url, method, filled(path, nowhere), keys[name])
                asked += 2
                assert MARK not in repr(found), (name, method, path, found)
                if "{" in path:
                    assert found == at_nowhere, (name, method, path)
                if name in INVALID:
                    assert found[:2] == of_nobody[:2], (name, method, path)
    assert asked > 300
    # Nobody has revoked, disabled or removed what was another's.
    assert key in stored_keys(owner_url)
    assert {f"{MARK}-ada", f"{MARK}-gone"} <= {account.name for account in accounts(owner_url)}


def test_no_socket_opens_for_who_is_no_admin(api: FastAPI, url: str, keys: dict[str, str]):
    paths = [filled(it.path, {}) for it in all_routes(api.routes) if isinstance(it, APIWebSocketRoute)]
    assert paths

    async def opens(path: str, key: str | None) -> bool:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        async with aiohttp.ClientSession() as session:
            try:
                async with session.ws_connect(url + path, headers=headers):
                    return True
            except aiohttp.WSServerHandshakeError:
                return False

    for path in paths:
        for key in (None, *keys.values()):
            assert not asyncio.run(opens(path, key)), (path, key)
