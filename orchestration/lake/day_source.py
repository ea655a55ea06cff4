"""The connection from which days are exported. Opening one takes longer than reading a small day."""

from collections.abc import Generator
from contextlib import contextmanager, suppress

import adbc_driver_postgresql.dbapi as adbc

from orchestration.resources.server import Server

SNAPSHOT = "set transaction isolation level repeatable read, read only"


class DaySource:
    """Snapshots of PostgreSQL, through one connection; another is opened where the kept one has ended or failed."""

    def __init__(self, database_url: str) -> None:
        self._server = Server.of(database_url)
        self._connection: adbc.Connection | None = None

    @contextmanager
    def snapshot(self) -> Generator[adbc.Cursor]:
        """Yield a cursor; all that it asks until the block ends is answered from one state of the database."""
        try:
            connection, cursor = self._begin()
            with cursor:
                yield cursor
            connection.rollback()
        except BaseException:
            # What the driver was in the middle of, it could not end.
            self.close()
            raise

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(adbc.Error):
                connection.close()

    def _begin(self) -> tuple[adbc.Connection, adbc.Cursor]:
        if self._connection is not None:
            with suppress(adbc.Error):
                return self._connection, begun(self._connection)
            self.close()
        self._connection = self._server.adbc()
        return self._connection, begun(self._connection)


def begun(connection: adbc.Connection) -> adbc.Cursor:
    cursor = connection.cursor()
    cursor.execute(SNAPSHOT)
    return cursor
