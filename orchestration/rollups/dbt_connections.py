"""dbt's connections to PostgreSQL: opened as all of ours are, and kept for a build."""

import os
from contextlib import suppress
from typing import Any

import psycopg2
from dbt.adapters.contracts.connection import Connection
from dbt.adapters.events.logging import AdapterLogger
from dbt.adapters.postgres.connections import PostgresConnectionManager
from dbt.adapters.postgres.impl import PostgresAdapter
from psycopg2.extensions import STATUS_BEGIN, TRANSACTION_STATUS_IDLE

from orchestration.resources.server import Server

log = AdapterLogger("Postgres")
RETRIES = 1
# The name of a connection that is no node's.
RELEASED = ""


class KeptConnections(PostgresConnectionManager):
    """One connection for each of dbt's threads, as dbt-snowflake has it with ``reuse_connections``.

    dbt opens one for each node: in a build 70 processes of the server, and all begin with empty caches and
    untouched memory (https://github.com/dbt-labs/dbt-adapters/issues/83). When a build ends, dbt closes
    those that are left.
    """

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        """Do as dbt's own, to the server that DBT_DATABASE_URL names; a profile has fewer settings than a URL."""
        if connection.state == "open":
            return connection
        server = Server.of(os.environ["DBT_DATABASE_URL"])
        return cls.retry_connection(
            connection,
            connect=lambda: server.psycopg2(application_name="dbt"),
            logger=log,
            retry_limit=RETRIES,
            retryable_exceptions=[psycopg2.OperationalError],
        )

    def set_connection_name(self, name: str | None = None) -> Connection:
        """Return the connection of this thread, for the node of this name; a new one if the kept one has ended."""
        kept = self.get_if_exists()
        if kept is not None and kept.state == "open" and kept.name == RELEASED and not answers(kept.handle):
            self.close(kept)
        return super().set_connection_name(name)

    def cancel(self, connection: Connection) -> None:
        """Cancel through the connection itself: the process id that dbt would terminate may belong to a pooler."""
        handle: Any = connection.handle
        with suppress(psycopg2.Error):
            handle.cancel()

    def release(self) -> None:
        """Keep the connection, and roll back everything uncommitted."""
        connection = self.get_if_exists()
        if connection is None or connection.state != "open":
            super().release()
            return
        try:
            roll_back(connection.handle)
        except psycopg2.Error:
            super().release()
        else:
            connection.transaction_open = False
            connection.name = RELEASED


def roll_back(connection: Any) -> None:
    """End the transaction that psycopg2 believes to be open, even if dbt's own COMMIT has ended it."""
    if connection.status == STATUS_BEGIN and connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
        # The server would write a warning to its log if there were nothing to roll back.
        with connection.cursor() as cursor:
            cursor.execute("begin")
    connection.rollback()


def answers(connection: Any) -> bool:
    """Return whether the connection is alive: servers and proxies end connections that were idle for long."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        connection.rollback()
    except psycopg2.Error:
        return False
    return True


def keep_connections() -> None:
    """Have dbt keep its connections to PostgreSQL from one node to the next."""
    PostgresAdapter.ConnectionManager = KeptConnections
