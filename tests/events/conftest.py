"""What tests of imports have in common."""

import pytest

from orchestration.events.logs.import_file import import_file
from orchestration.resources.postgres import connect


@pytest.fixture
def load(database_url, tmp_path):
    """Import some content as a file and return the summary."""

    def load(content: str | bytes, name: str = "access.log"):
        data = content.encode() if isinstance(content, str) else content
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return import_file(database_url, path, site="example.org", user_code="ada")

    return load


@pytest.fixture
def rows(database_url):
    """Answer a question to the database."""

    def rows(question: str):
        with connect(database_url) as connection:
            return connection.execute(question.encode()).fetchall()

    return rows


@pytest.fixture
def everything(rows):
    """All that is kept of visits, as one text."""

    def everything() -> str:
        tables = rows("select oid::regclass from pg_class where relkind = 'r' and relnamespace = 'raw'::regnamespace")
        return str([rows(f"select to_jsonb(t)::text from {table} as t") for (table,) in tables])

    return everything
