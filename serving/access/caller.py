"""Who asks: the dependencies of routes. ``needs("owner")`` ends a request of anybody less."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection
from starlette.requests import HTTPConnection

from serving.access.access import Access
from serving.access.caller_rows import Caller, Scopes
from serving.access.csrf import HEADER, is_csrf_token
from serving.access.database import not_signed_in
from serving.http.problems import ProblemError

__all__ = ["Caller", "Scopes", "caller", "check_unasked", "maybe_caller", "needs", "scoped"]

ROLES = ("analyst", "owner", "admin")
API = "/api/"
# Where a request says that its caller was asked for, and counted.
ASKED = "dogear.asked"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


async def caller(connection: HTTPConnection) -> Caller:
    """Return who asks. Raises ProblemError for nobody, for too many requests, and for a form without its token."""
    access = Access.of(connection)
    secret = await access.presented(connection)
    found = None if secret is None else await access.database.enter(secret)
    if found is None:
        raise not_signed_in()
    check(access, connection, found)
    return found


async def maybe_caller(connection: HTTPConnection) -> Caller | None:
    """Return who asks; None for nobody. Nothing is counted."""
    access = Access.of(connection)
    secret = await access.presented(connection)
    return None if secret is None else await access.database.enter(secret)


@asynccontextmanager
async def scoped(
    connection: HTTPConnection, least_role: str = "analyst", *, is_snapshot: bool = False
) -> AsyncGenerator[tuple[Caller, AsyncConnection[dict[str, Any]]]]:
    """Yield who asks, and a connection on which only that person's rows can be read, in one transaction.

    With ``is_snapshot`` all its statements see the same data, whatever is built meanwhile.
    """
    access = Access.of(connection)
    secret = await access.presented(connection)
    if secret is None:
        raise not_signed_in()
    async with access.database.scoped(secret, is_snapshot=is_snapshot) as (found, database):
        check(access, connection, found)
        check_role(found, least_role)
        yield found, database


def needs(role: str) -> Callable[[HTTPConnection], Awaitable[Caller]]:
    """Return a dependency that ends a request unless its caller has this role, or more."""

    async def caller_with_role(connection: HTTPConnection) -> Caller:
        found = await caller(connection)
        check_role(found, role)
        return found

    return caller_with_role


def check(access: Access, connection: HTTPConnection, found: Caller) -> None:
    """Count a request to the API, and refuse one that a page of others may have sent with the cookie of a session.

    The Dagster UI knows no token of ours, and asks often: the guard alone is before it.
    """
    if not connection.url.path.startswith(API):
        return
    connection.scope[ASKED] = True
    access.budget.take(connection, found)
    is_reading = connection.scope.get("method", "GET") in READING
    has_token = is_csrf_token(found.secret.text, connection.headers.get(HEADER, ""))
    if found.via == "session" and not is_reading and not has_token:
        raise ProblemError(403, f"Send the csrf_token of GET /api/v1/me as {HEADER}.", "csrf")


async def check_unasked(connection: HTTPConnection) -> None:
    """Ask who asks where nothing has yet: a path of the API that there is not, or a body that cannot be read.

    Raises ProblemError for nobody, who learns neither which paths there are nor what is wrong with a body.
    """
    if connection.url.path.startswith(API) and ASKED not in connection.scope:
        await caller(connection)


def check_role(found: Caller, role: str) -> None:
    """Raise ProblemError unless the caller has this role, or more; a key that is limited to sites manages nothing."""
    if ROLES.index(found.role) < ROLES.index(role):
        raise ProblemError(403, f"This needs the role {role}.")
    if role != "analyst" and found.scopes.sites is not None:
        raise ProblemError(403, "A key that is limited to sites manages nothing.")
