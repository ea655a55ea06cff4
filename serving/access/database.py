"""The database as the web process reaches it: functions of schema access, and rows within the scope of a credential."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from orchestration.access.calls import sentence, statement
from orchestration.access.credentials import Secret
from orchestration.errors import DogearError
from orchestration.resources.server import Server
from serving.access.caller_rows import Caller, caller_of
from serving.http.problems import ProblemError
from serving.measures import TimedCursor

Connection = AsyncConnection[dict[str, Any]]
MOST_CONNECTIONS = 8
# Seconds to wait for a connection, while all are busy or the server does not answer.
PATIENCE = 5.0
RETRY = {"Retry-After": "5"}
WHO: LiteralString = "select * from access.enter(%s)"
SNAPSHOT: LiteralString = "set transaction isolation level repeatable read, read only"
NOTE: LiteralString = "select access.note_use(%s)"
# Who owns the tables of access is taken for a command, and sees all.
IS_OWNER: LiteralString = """
    select pg_has_role(session_user, nspowner, 'member') from pg_namespace where nspname = 'access'
"""
# What functions of ours end with, as statuses of HTTP.
STATUS: dict[type[psycopg.Error], int] = {
    psycopg.errors.InvalidAuthorizationSpecification: 401,
    psycopg.errors.InsufficientPrivilege: 403,
    psycopg.errors.NoDataFound: 404,
    psycopg.errors.UniqueViolation: 409,
    psycopg.errors.ProgramLimitExceeded: 409,
    psycopg.errors.InvalidParameterValue: 422,
}


class AccessDatabase:
    """A pool of connections, opened at the first question."""

    def __init__(self, database_url: str) -> None:
        self._server = Server.of(database_url)
        self._pool: AsyncConnectionPool[Connection] | None = None
        self._opening = asyncio.Lock()

    async def pool(self) -> AsyncConnectionPool[Connection]:
        if self._pool is not None:
            return self._pool
        async with self._opening:
            if self._pool is None:
                pool = AsyncConnectionPool(
                    self._server.url,
                    connection_class=AsyncConnection[dict[str, Any]],
                    kwargs={"autocommit": True, "row_factory": dict_row, "cursor_factory": TimedCursor},
                    min_size=1,
                    max_size=MOST_CONNECTIONS,
                    timeout=PATIENCE,
                    configure=self._configure,
                    open=False,
                )
                await pool.open()
                self._pool = pool
            return self._pool

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _configure(self, connection: Connection) -> None:
        await connection.execute(self._server.session().encode())
        row = await (await connection.execute(IS_OWNER)).fetchone()
        if row is None or row["pg_has_role"]:
            raise DogearError(
                "The web process must not have the role that owns the database: start it by dogear up, or dogear serve."
            )

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """Yield a connection; errors of the server, and sentences of functions of ours, become problems."""
        try:
            async with (await self.pool()).connection() as connection:
                yield connection
        except psycopg.Error as error:
            raise problem_of(error) from None

    async def rows(self, function: str, **arguments: Any) -> list[dict[str, Any]]:
        """Call a function of schema access. Raises ProblemError with its sentence."""
        async with self.connection() as connection:
            cursor = await connection.execute(statement(function, tuple(arguments)), arguments)
            return await cursor.fetchall()

    async def value(self, function: str, **arguments: Any) -> Any:
        """Return the only value that a function returns."""
        (row,) = await self.rows(function, **arguments)
        return row[function]

    async def enter(self, secret: Secret) -> Caller | None:
        """Return who presents the secret; None if it is not valid."""
        async with self.connection() as connection:
            row = await (await connection.execute(WHO, [secret.digest])).fetchone()
            await note_use(connection, row, secret)
        return None if row is None else caller_of(row, secret)

    @asynccontextmanager
    async def scoped(self, secret: Secret, *, is_snapshot: bool = False) -> AsyncGenerator[tuple[Caller, Connection]]:
        """Yield who presents the secret, and a connection on which that person's rows can be read: one transaction.

        With ``is_snapshot`` all statements see the same data. Raises ProblemError if the secret is not valid.
        """
        async with self.connection() as connection:
            async with connection.transaction():
                if is_snapshot:
                    await connection.execute(SNAPSHOT)
                row = await (await connection.execute(WHO, [secret.digest])).fetchone()
                if row is None:
                    raise not_signed_in()
                yield caller_of(row, secret), connection
            await note_use(connection, row, secret)


async def note_use(connection: Connection, row: dict[str, Any] | None, secret: Secret) -> None:
    """Note, once a minute, that a credential was used. Not in the transaction of its scope, which may last or fail."""
    if row is not None and not row["is_use_noted"]:
        await connection.execute(NOTE, [secret.digest])


def problem_of(error: psycopg.Error) -> Exception:
    """Return what a request ends with; the error itself where it is a fault of ours."""
    said = sentence(error)
    if said is not None and (status := STATUS.get(type(error))):
        return not_signed_in() if status == 401 else ProblemError(status, said)
    # What a row belongs to was removed while this ran: the account, the session, or the key of who asks.
    if isinstance(error, psycopg.errors.ForeignKeyViolation):
        return not_signed_in()
    if isinstance(error, PoolTimeout | psycopg.OperationalError):
        return ProblemError(503, "The database does not answer for now.", headers=RETRY)
    return error


def not_signed_in() -> ProblemError:
    """Return the one answer to no credential, and to any that is not valid."""
    return ProblemError(
        401,
        "Sign in, or send a valid key: Authorization: Bearer KEY.",
        headers={"WWW-Authenticate": 'Bearer realm="dogear"'},
    )
