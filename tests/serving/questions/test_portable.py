"""One SQL text for two engines: DuckDB, over the same marts, gives the rows that PostgreSQL gives."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.resources.server import Server
from serving.questions.engines import Row
from serving.questions.router import TABLES
from tests.installation import Installation
from tests.serving.questions.asking import Asker
from tests.serving.questions.questions import questions

FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


class DuckDbEngine:
    """The marts, and where visitors see documents, as tables of a DuckDB in memory."""

    name = "duckdb"

    def __init__(self, database_url: str) -> None:
        self._database = duckdb.connect()
        with Server.of(database_url).adbc() as connection, connection.cursor() as cursor:
            for name in {table.name for table in TABLES}:
                cursor.execute(f"select * from marts.{name}")
                self._keep(name, cursor.fetch_arrow_table())
            cursor.execute("select * from analytics.get_document_paths()")
            self._keep("documents", cursor.fetch_arrow_table())

    def _keep(self, name: str, rows: Any) -> None:
        self._database.register("rows_of_postgres", rows)
        self._database.execute(f"create table {name} as select * from rows_of_postgres")

    def relation(self, name: str) -> str:
        return name

    def clock(self, instant: str) -> str:
        return f"make_timestamp(epoch_us({instant}))"

    def matches(self, value: str, pattern: str) -> str:
        return f"regexp_matches({value}, {pattern})"

    async def rows(self, statement: str, values: Sequence[Any]) -> list[Row]:
        return self._database.execute(statement, values).fetchall()


@pytest.fixture(scope="module")
def engines(three_sites: Installation) -> Iterator[tuple[Asker, DuckDbEngine]]:
    asker = Asker(three_sites.database_url)
    yield asker, DuckDbEngine(three_sites.database_url)
    asker.close()


def rounded(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: round(it, 9) if isinstance(it, float) else it for name, it in row.items()} for row in rows]


@FEW
@given(question=questions(), is_compared=st.booleans())
def test_both_engines_give_the_same_rows(
    engines: tuple[Asker, DuckDbEngine], question: dict[str, Any], is_compared: bool
):
    asker, of_duckdb = engines
    asked = {**question, "compare": "previous"} if is_compared else question
    assert rounded(asker.ask(asked, of_marts=of_duckdb)["rows"]) == rounded(asker.ask(asked)["rows"])
