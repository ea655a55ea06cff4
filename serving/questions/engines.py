"""What runs a statement, and what engines say differently. PostgreSQL is the only engine so far."""

from collections.abc import Sequence
from typing import Any, LiteralString, Protocol, cast

import psycopg
from psycopg import AsyncConnection, AsyncRawCursor
from psycopg.rows import tuple_row

from serving.measures import DATABASE_SECONDS
from serving.questions.faults import Fault, NotBuiltError, QuestionError, TooSlowError

Row = tuple[Any, ...]


class Engine(Protocol):
    """Runs SQL with parameters ``$1``, ``$2``… in the scope of who asks."""

    name: str

    def relation(self, name: str) -> str:
        """Return what a mart, or ``documents``, is called in SQL."""
        ...

    def clock(self, instant: str) -> str:
        """Return SQL of an instant as clocks show it in UTC, without a time zone."""
        ...

    def matches(self, value: str, pattern: str) -> str:
        """Return SQL that is true where a regular expression fits somewhere."""
        ...

    async def rows(self, statement: str, values: Sequence[Any]) -> list[Row]:
        """Return the rows. Raises TooSlowError and NotBuiltError."""
        ...


class PostgresEngine:
    """A connection within the scope of who asks, in one transaction: all statements see the same data."""

    name = "postgresql"

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    def relation(self, name: str) -> str:
        return "analytics.get_document_paths()" if name == "documents" else f"marts.{name}"

    def clock(self, instant: str) -> str:
        return f"({instant} at time zone 'UTC')"

    def matches(self, value: str, pattern: str) -> str:
        return f"regexp_like({value}, {pattern})"

    async def limit(self, seconds: float) -> None:
        """Let each statement of this transaction run for so long at most."""
        await self.rows("select set_config('statement_timeout', $1, true)", [f"{round(seconds * 1000)}ms"])

    async def rows(self, statement: str, values: Sequence[Any]) -> list[Row]:
        cursor = AsyncRawCursor(self._connection, row_factory=tuple_row)
        try:
            with DATABASE_SECONDS.time():
                # Made of the catalogue's texts alone; what was asked for is among the values.
                await cursor.execute(cast(LiteralString, statement), values)
            return await cursor.fetchall()
        except psycopg.errors.QueryCanceled:
            raise TooSlowError from None
        except psycopg.errors.InvalidRegularExpression:
            raise QuestionError(Fault("invalid_pattern", "/filters", "A pattern takes too much to compile.")) from None
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName):
            raise NotBuiltError from None
        finally:
            await cursor.close()
