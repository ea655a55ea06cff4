"""Locks between processes, one by name: an empty table of schema ``locks``, locked in a transaction that stays open.

Not advisory locks: every role of a server may hold those, analysts too. Nobody else may lock our tables. A bare LOCK
TABLE leaves neither a snapshot nor a transaction id behind, so a transaction that does nothing else keeps VACUUM from
nothing, however long it lasts. Poolers may share connections between transactions; these locks hold there as well.
"""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Self
from zlib import crc32

import psycopg
from psycopg import sql
from psycopg.pq import ConnStatus

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.resources.server import ServerSilentError

# Only one build runs at a time.
BUILD = "build"
# Held to write to the lake, to drop a day or to restore one.
LAKE = "lake"
# Held to load the collector's journal.
EVENTS = "events"
NOTIFICATIONS = "notifications"
MIGRATIONS = "migrations"
# Held to schedule and start runs.
UP = "up"
# The same text as in the migration of the locks; by it we recognise our schema.
DESCRIPTION = (
    "One empty table per lock between processes of Dogear; who holds the lock has locked the table, in exclusive mode."
)
# PostgreSQL's errors when two sessions create the same thing at once; which one depends on how far the other is. For a
# table it may be that its row type exists already.
MADE_BY_ANOTHER = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DuplicateSchema,
    psycopg.errors.DuplicateTable,
    psycopg.errors.DuplicateObject,
)
NOTHING = sql.SQL("")
# A server may end sessions that wait or are idle for long.
PATIENCE = """
    select set_config(name, '0', false) from pg_settings
    where name in (
        'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout',
        'transaction_timeout'
    )
"""

# A machine may vanish without closing its connection: its lock ends after a minute and a half. Sockets ignore this.
NOTICE_THE_DEAD = """
    select set_config(name, value, false)
    from (
        values ('tcp_keepalives_idle', '60'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')
    ) as wanted (name, value)
"""


@contextmanager
def alone(url: str, name: str) -> Generator[psycopg.Connection]:
    """Wait until nobody else holds the lock of this name, and hold it until the block ends; yields its connection.

    The lock ends with the connection's transaction: a caller that changes something with it must commit last.
    If the server ends the connection, the lock is gone: a caller that must be alone checks whether it still holds it.
    Names that are equal in their first 63 bytes are the same lock.
    """
    with connect(url) as connection:
        # A transaction that keeps its first snapshot would see nothing new, and keep VACUUM waiting.
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection.execute(PATIENCE)
        connection.commit()
        try:
            take(connection, name)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege):
            connection.rollback()
            make(url, name)
            take(connection, name)
        try:
            yield connection
        finally:
            connection.close()


class OnlyOne:
    """A lock for which nobody waits, held for days: ``with OnlyOne(url, name, "…")``, and ``keep`` now and then.

    Raises DogearError with the given sentence if another holds it. If the server has ended it, it is taken again.
    """

    def __init__(self, url: str, name: str, refusal: str) -> None:
        self._url, self._name, self._refusal = url, name, refusal
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> Self:
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def keep(self) -> None:
        """Take it again if the server has ended it; while no server answers, the next call does."""
        if self._connection is not None:
            with suppress(psycopg.OperationalError):
                # The server's last words, if there are some, and that it has gone.
                self._connection.pgconn.consume_input()
                self._connection.pgconn.consume_input()
            if self._connection.pgconn.status == ConnStatus.OK:
                return
            self._connection.close()
            self._connection = None
        with suppress(ServerSilentError, psycopg.OperationalError):
            self._take()

    def _take(self) -> None:
        connection = connect(self._url)
        try:
            connection.execute(PATIENCE)
            connection.execute(NOTICE_THE_DEAD)
            connection.commit()
            make(self._url, self._name)
            take(connection, self._name, sql.SQL("nowait"))
        except BaseException as error:
            connection.close()
            if isinstance(error, psycopg.errors.LockNotAvailable):
                raise DogearError(self._refusal) from None
            raise
        self._connection = connection


def of_site(what: str, site: str) -> str:
    """Return the name of a site's lock, which it shares with some others.

    Every role may read the names of tables, and so must not find the names of sites there.
    """
    return f"{what} {crc32(site.encode()) % 64}"


def take(connection: psycopg.Connection, name: str, how: sql.SQL = NOTHING) -> None:
    """Wait until nobody else holds the lock, and hold it until the connection's transaction ends."""
    connection.execute(sql.SQL("lock table locks.{} in exclusive mode {}").format(sql.Identifier(name), how))


def make(url: str, name: str) -> None:
    """Make the table of a lock, unless it is there; migrations need one before there is anything else.

    Raises DogearError if others have a schema of that name.
    """
    table = sql.SQL("create table if not exists locks.{} ()").format(sql.Identifier(name))
    with connect(url) as connection:
        connection.autocommit = True
        # Schema and description appear together.
        with suppress(*MADE_BY_ANOTHER), connection.transaction():
            connection.execute("create schema locks")
            connection.execute(sql.SQL("comment on schema locks is {}").format(DESCRIPTION))
        found = connection.execute("select obj_description(to_regnamespace('locks'), 'pg_namespace')").fetchone()
        if found != (DESCRIPTION,):
            raise DogearError(
                "The database has a schema locks that is not Dogear's, and was left alone: let DATABASE_URL name a "
                "database without one."
            )
        with suppress(*MADE_BY_ANOTHER):
            connection.execute(table)
