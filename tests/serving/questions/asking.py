"""Questions asked as the web process asks them, without HTTP."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg

from orchestration.days import today
from orchestration.resources.server import Server
from serving.questions.answer import answer
from serving.questions.engines import Engine, PostgresEngine
from serving.questions.freshness import read_freshness
from serving.questions.parsing import parse
from serving.questions.router import SOURCES
from serving.questions.tables import Source


class Asker:
    """Asks on one connection as the owner of the database, so about all sites."""

    def __init__(self, database_url: str) -> None:
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(self._connect(database_url))

    async def _connect(self, database_url: str) -> psycopg.AsyncConnection[Any]:
        connection = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
        await connection.execute(Server.of(database_url).session().encode())
        return connection

    def ask(
        self, question: dict[str, Any], sources: Sequence[Source] = SOURCES, of_marts: Engine | None = None
    ) -> dict[str, Any]:
        """The answer as JSON has it; ``of_marts`` is another engine that has the marts."""

        async def asked() -> dict[str, Any]:
            engine = PostgresEngine(self._connection)
            freshness = await read_freshness(engine, today())
            parsed = parse(question, today=today(), first_day=freshness.first_day)
            found, _ = await answer(parsed, of_marts or engine, freshness, sources)
            return msgspec.json.decode(msgspec.json.encode(found))

        return self._runner.run(asked())

    @contextmanager
    def changed(self, *statements: str) -> Iterator[None]:
        """Until the block ends, the database is as these statements make it; nobody else sees that."""

        async def execute(*said: str) -> None:
            for statement in said:
                await self._connection.execute(statement.encode())

        self._runner.run(execute("begin", *statements))
        try:
            yield
        finally:
            self._runner.run(execute("rollback"))

    def close(self) -> None:
        self._runner.run(self._connection.close())
        self._runner.close()
