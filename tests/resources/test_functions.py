"""Functions and views: one a file, applied again when its text changes, and callable only by those who should."""

import re
from collections import Counter
from pathlib import Path

import psycopg
import pytest
import yaml

from orchestration.errors import DogearError
from orchestration.resources import functions
from orchestration.resources.functions import FUNCTIONS, function_texts
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect
from orchestration.settings import PROJECT_ROOT

DEFINED = re.compile(r"^create (?:or replace )?(?:function|view) ([a-z]+)\.([a-z_]+)", re.MULTILINE)
LIVE = """
    select nspname || '/' || proname || '.sql', obj_description(p.oid, 'pg_proc')
    from pg_proc as p inner join pg_namespace as n on n.oid = pronamespace where nspname = any(%(schemas)s)
    union all
    select nspname || '/' || relname || '.sql', obj_description(c.oid, 'pg_class')
    from pg_class as c inner join pg_namespace as n on n.oid = relnamespace
    where nspname = any(%(schemas)s) and relkind in ('v', 'm')
"""
SCHEMAS = {"schemas": ["access", "analytics", "content", "lake", "live", "locks", "ops", "raw"]}


def copy_of_functions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file, text in function_texts().items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text)
    monkeypatch.setattr(functions.function_texts, "__defaults__", (folder,))
    return folder


def test_each_function_and_view_of_the_database_stands_in_the_one_file_of_its_name(database_url: str) -> None:
    defined = Counter(
        f"{schema}/{name}.sql" for text in function_texts().values() for schema, name in DEFINED.findall(text)
    )
    with connect(database_url) as connection:
        live = connection.execute(LIVE, SCHEMAS).fetchall()
    assert defined == Counter(list(function_texts())) != Counter()
    assert Counter(file for file, _ in live) == defined
    assert [file for file, description in live if not description] == []


def test_a_changed_text_is_applied_by_the_next_start_and_no_other(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = copy_of_functions(tmp_path, monkeypatch) / "analytics" / "check_most.sql"
    file.write_text(file.read_text().replace("100000", "7"))
    with connect(database_url) as connection:
        connection.execute("select analytics.check_most(100)")
    migrate(database_url)
    with connect(database_url) as connection, pytest.raises(psycopg.errors.InvalidParameterValue):
        connection.execute("select analytics.check_most(100)")
    with connect(database_url) as connection:
        times = connection.execute("select count(*) from ops.functions group by applied_at order by 1").fetchall()
    assert times == [(1,), (len(function_texts(FUNCTIONS)) - 1,)]


def test_a_file_may_need_one_that_comes_after_it(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of_functions(tmp_path, monkeypatch)
    (folder / "content" / "a.sql").write_text("create view content.a as select content.b() as b;")
    (folder / "content" / "b.sql").write_text("create function content.b() returns integer return 1;")
    migrate(database_url)
    with connect(database_url) as connection:
        assert connection.execute("select b from content.a").fetchone() == (1,)


def test_a_text_that_postgresql_refuses_is_named_and_changes_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of_functions(tmp_path, monkeypatch)
    (folder / "content" / "a.sql").write_text("create view content.a as select 1 as n;")
    (folder / "content" / "b.sql").write_text("create view content.b as select * from content.absent;")
    with pytest.raises(DogearError, match=r'sql/functions/content/b\.sql .*"content\.absent" does not exist'):
        migrate(database_url)
    with connect(database_url) as connection:
        assert connection.execute("select to_regclass('content.a')").fetchone() == (None,)


def test_a_new_function_is_for_analysts_in_their_schema_and_for_nobody_else(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of_functions(tmp_path, monkeypatch)
    for schema in ("analytics", "content"):
        (folder / schema / "n.sql").write_text(f"create function {schema}.n() returns integer return 1;")
    migrate(database_url)
    may = "select has_function_privilege(%s, %s, 'execute')"
    with connect(database_url) as connection:
        # A role that is in no group may do what everybody may.
        rights = [
            connection.execute(may, [role, function]).fetchone()
            for role in ("dogear_analyst", "pg_monitor")
            for function in ("analytics.n()", "content.n()")
        ]
    assert rights == [(True,), (False,), (False,), (False,)]


def test_the_lineage_names_the_marts_that_the_functions_read() -> None:
    read = {
        mart
        for file, text in function_texts().items()
        if file.startswith("analytics/")
        for mart in re.findall(r"\b(?:marts|scoped)\.(\w+)", text)
    }
    exposures = yaml.safe_load((PROJECT_ROOT / "dbt_project" / "models" / "exposures.yml").read_text())["exposures"]
    named = next(exposure["depends_on"] for exposure in exposures if exposure["name"] == "sql_functions")
    assert sorted(named) == sorted(f"ref('{mart}')" for mart in read)
