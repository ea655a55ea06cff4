"""What a caller sees of the lake and the warehouse, and every trick to see more."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import monotonic

import duckdb
import pytest

from orchestration.lake.interrupting import QuestionTooSlowError
from orchestration.lake.scoped import QueryRefusedError, Scope, ScopedReader, ScopedSession
from orchestration.lake.warehouse_file import warehouse_file
from orchestration.settings import Settings
from tests.conftest import database_of_its_own
from tests.lake.lake import Lake

DAY = date(2026, 5, 1)
# ada has example.org, bo has other.example: events_of_all_kinds.sql.
ADA, BO = Scope(["ada"]), Scope(["bo"])
MARTS = """
    create schema marts;
    create schema staging;
    create table marts.visits as
    select
        case when n % 2 = 0 then 'ada' else 'bo' end as user_code,
        case when n % 2 = 0 then 'example.org' else 'other.example' end as site,
        case when n % 2 = 0 then n::varchar else 'secret ' || n end as visitor_id,
        n
    from range(5000) as numbers (n);
    create view marts.owners as select user_code, count(*) as visits from marts.visits group by user_code;
    create table marts.days as select date '2026-05-01' as day, 5000 as events;
    create table staging.visits as from marts.visits;
"""


@pytest.fixture(scope="module")
def settings(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A lake with a day of both, and a warehouse."""
    with database_of_its_own(server_url) as url:
        lake = Lake(url, Settings(home=tmp_path_factory.mktemp("scoped")))
        lake.add(DAY)
        lake.export()
        with duckdb.connect(str(warehouse_file(lake.settings))) as warehouse:
            warehouse.execute(MARTS)
        yield lake.settings


@pytest.fixture(scope="module")
def reader(settings: Settings) -> Iterator[ScopedReader]:
    reader = ScopedReader(settings)
    yield reader
    reader.close()


def ask(reader: ScopedReader, scope: Scope, question: str, parameters: object = None) -> list[tuple]:
    with reader.within(scope) as session:
        return rows(session, question, parameters)


def rows(session: ScopedSession, question: str, parameters: object = None) -> list[tuple]:
    with session.ask(question, parameters) as answer:
        return answer.fetchall()


@pytest.mark.parametrize(
    ("scope", "owners"),
    [
        (ADA, ["ada"]),
        (BO, ["bo"]),
        (Scope(["ada", "bo"]), ["ada", "bo"]),
        (Scope(None), ["ada", "bo"]),
        (Scope([]), []),
        (Scope(["it's"]), []),
        (Scope(["ada", "bo"], ["other.example"]), ["bo"]),
        (Scope(None, ["example.org"]), ["ada"]),
        (Scope(["ada"], ["other.example"]), []),
        (Scope(None, []), []),
    ],
)
def test_a_caller_sees_the_rows_within_the_scope(reader: ScopedReader, scope: Scope, owners: list[str]):
    for table in ("raw.events", "marts.visits"):
        found = ask(reader, scope, f"select distinct user_code from {table} order by 1")
        assert [owner for (owner,) in found] == owners, table
    # It has no site: who is limited to some sees none of it.
    of_owner = ask(reader, scope, "select user_code from marts.owners order by 1")
    assert [owner for (owner,) in of_owner] == (owners if scope.sites is None else [])
    # It has neither.
    assert ask(reader, scope, "from marts.days") == ([(DAY, 5000)] if scope == Scope(None) else [])


def test_two_callers_at_once_see_their_own(reader: ScopedReader):
    with reader.within(ADA) as ada, reader.within(BO) as bo:
        question = "select distinct user_code from marts.visits"
        assert [rows(session, question) for session in (ada, bo, ada)] == [[("ada",)], [("bo",)], [("ada",)]]


@pytest.mark.parametrize(
    "question",
    [
        "select count(*) from raw.events as e join marts.visits as v using (site) where v.n < $most",
        "with mine as (select * from marts.visits), few as (select * from mine limit 3) select count(*) from few, mine",
        "with recursive up as (select 1 as n union all select n + 1 from up where n < $most) select sum(n) from up",
        "select row_number() over (partition by site order by n), lag(n) over (order by n) from marts.visits limit 3",
        "select date_trunc('week', occurred_at), count(distinct visitor_id) from raw.events, marts.visits group by all",
        "select * from (values (1), (2)) as v (n) union all select n from range(3) as r (n) order by n",
        "select list_transform([1, 2], lambda n: n + $most), unnest([1, 2])",
        "select median(n), arg_max(site, n), quantile_cont(n, 0.9) from marts.visits",
        "from MARTS.Visits select cast(n as varchar) || 'a' limit 1",
    ],
)
def test_questions_are_answered(reader: ScopedReader, question: str):
    assert ask(reader, ADA, question, {"most": 10} if "$most" in question else None)


TRICKS = {
    "files as tables": "from '{file}'",
    "files by a quoted name": 'from "{file}"',
    "files by a common table's name": 'from (with "{file}" as (select 1) from "{file}"), "{file}"',
    "a common table that names itself": 'with "{file}" as (from "{file}") from "{file}"',
    "a common table before it is there": 'with a as (from "{file}"), "{file}" as (select 1) from a',
    "a recursive one in its first part": 'with recursive "{file}" as (from "{file}" union from "{file}") select 1',
    "read_parquet": "from read_parquet('{file}')",
    "parquet_scan": "from parquet_scan('{file}')",
    "read_csv": "from read_csv('/etc/passwd')",
    "read_text": "from read_text('/etc/passwd')",
    "read_blob": "from read_blob('/etc/passwd')",
    "read_json": "from read_json('/etc/passwd')",
    "glob": "from glob('/etc/*')",
    "parquet_metadata": "from parquet_metadata('{file}')",
    "parquet_file_metadata": "from parquet_file_metadata('{file}')",
    "sniff_csv": "from sniff_csv('/etc/passwd')",
    "in a subquery": "select (select count(*) from read_parquet('{file}'))",
    "in exists": "select exists (from read_parquet('{file}'))",
    "in a list": "select array(select user_code from whole.events)",
    "in a common table": "with a as (from read_parquet('{file}')) from a",
    "in a union": "select 1 union all select n from warehouse.marts.visits",
    "in a join's condition": "from marts.visits as v join range(1) on (select true from read_text('/etc/passwd'))",
    "in order by": "select 1 order by (select content from read_text('/etc/passwd'))",
    "in limit": "select 1 limit (select count(*) from read_text('/etc/passwd'))",
    "in a window": "select sum(1) over (order by (select content from read_text('/etc/passwd')))",
    "in a filter": "select count(*) filter (where (select true from read_text('/etc/passwd')))",
    "in the argument of a table function": "from range((select count(*) from read_text('/etc/passwd')))",
    "in a lambda": "select list_transform([1], lambda n: (select count(*) from read_text('/etc/passwd')))",
    "in values": "values ((select count(*) from read_text('/etc/passwd')))",
    "in group by": "select 1 from marts.visits group by (select content from read_text('/etc/passwd'))",
    "in having": "select 1 from marts.visits having (select true from read_text('/etc/passwd'))",
    "in qualify": "select 1 from marts.visits qualify (select true from read_text('/etc/passwd'))",
    "in distinct on": "select distinct on ((select content from read_text('/etc/passwd'))) 1",
    "in a lateral join": "from marts.visits as v, lateral (from read_text('/etc/passwd'))",
    "in unpivot": "unpivot (from read_text('/etc/passwd')) on content",
    "in a sample": "from warehouse.marts.visits using sample 5",
    "the warehouse itself": "from warehouse.marts.visits",
    "the database by its name": "from memory.marts.visits",
    "what lies below marts": "from staging.visits",
    "a view of the warehouse's staging": "from warehouse.staging.visits",
    "another version of a table": "from marts.visits at (version => 1)",
    "query": "from query('from warehouse.marts.visits')",
    "query_table": "from query_table('warehouse.marts.visits')",
    "query_table of many": "from query_table(['marts.visits', 'staging.visits'])",
    "a serialized query": "from json_execute_serialized_sql(json_serialize_sql('from warehouse.marts.visits'))",
    "columns of all": "from duckdb_columns()",
    "views and their text": "from duckdb_views()",
    "settings": "from duckdb_settings()",
    "secrets": "from duckdb_secrets()",
    "logs": "from duckdb_logs",
    "databases": "from duckdb_databases()",
    "tables as a view": "from duckdb_tables",
    "sqlite's": "from sqlite_master",
    "the information schema": "from information_schema.tables",
    "pg_catalog": "from pg_catalog.pg_class",
    "pragma as a function": "from pragma_database_list()",
    "storage": "from pragma_storage_info('marts.visits')",
    "variables of other sessions": "from duckdb_variables()",
    "the environment": "select getenv('HOME')",
    "a setting": "select current_setting('allowed_directories')",
    "a variable": "select getvariable('user_codes')",
    "a method": "select 'HOME'.getenv()",
    "a method of a column": "select visitor_id.stats() from marts.visits",
    "statistics of whole tables": "select stats(user_code) from marts.visits limit 1",
    "the text of a view": "select pg_get_viewdef(0)",
    "a function of another schema": "select pg_catalog.pg_get_viewdef(0)",
    "a function by its catalogue": "select system.main.current_setting('threads')",
    "a plan": "select json_serialize_plan('from warehouse.marts.visits')",
    "the log": "select write_log('a')",
    "a window of a forbidden function": "select stats(n) over () from marts.visits",
    "describe": "describe marts.visits",
    "describe as a table": "from (describe warehouse.marts.visits)",
    "summarize": "summarize warehouse.marts.visits",
    "show": "show all tables",
    "pivot": "pivot warehouse.marts.visits on site using count(*)",
    "Python's variables": "from rows",
    "two statements": "select 1; from warehouse.marts.visits",
    "two, the second of which is none": "select 1; set variable user_codes = ['bo']",
    "no statement": "",
    "a broken statement": "select",
    "explain": "explain from marts.visits",
    "explain analyze": "explain analyze from marts.visits",
    "copy to": "copy marts.visits to '/tmp/stolen.csv'",
    "copy from": "copy marts.visits from '/etc/passwd'",
    "attach": "attach '{file}' as other",
    "detach": "detach warehouse",
    "use": "use warehouse",
    "install": "install httpfs",
    "load": "load httpfs",
    "pragma": "pragma database_list",
    "set": "set threads = 1",
    "set a variable": "set variable user_codes = ['bo']",
    "reset": "reset threads",
    "export": "export database '/tmp/stolen'",
    "import": "import database '/tmp'",
    "create a table": "create table mine as select 1",
    "create a view": "create or replace view marts.visits as from warehouse.marts.visits",
    "create a macro": "create macro mine() as table from warehouse.marts.visits",
    "create a secret": "create secret (type s3)",
    "insert": "insert into marts.visits values (1)",
    "delete": "delete from marts.visits",
    "truncate": "truncate marts.visits",
    "drop": "drop view marts.visits",
    "alter": "alter view marts.visits rename to other",
    "call": "call pragma_version()",
    "prepare": "prepare a as from warehouse.marts.visits",
    "execute": "execute a",
    "begin": "begin",
    "checkpoint": "checkpoint",
    "vacuum": "vacuum",
    "a list of gigabytes": "select len(range(500000000))",
    "a text of gigabytes": "select len(repeat('a', 3000000000))",
    "what takes the square of a length": "select levenshtein(visitor_id, visitor_id) from marts.visits",
    "length": "select '" + "a" * 50_000 + "'",
    "depth": "select " + "abs(" * 2000 + "1" + ")" * 2000,
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_refused_before_it_runs(reader: ScopedReader, settings: Settings, trick: str):
    file = Path(settings.lake) / f"events/day={DAY}/events.parquet"
    assert file.exists()
    with reader.within(ADA) as session:
        with pytest.raises((QueryRefusedError, duckdb.ParserException)):
            rows(session, TRICKS[trick].replace("{file}", str(file)))
        # And nothing has changed.
        assert rows(session, "select distinct user_code from marts.visits") == [("ada",)]


@pytest.mark.parametrize(
    "question",
    [
        "select count(*) from marts.visits where cast(visitor_id as integer) >= 0",
        "select count(*) from marts.visits where case user_code when 'bo' then visitor_id::integer else 1 end > 0",
        "select count(*) from (from marts.visits where cast(visitor_id as integer) >= 0) where n >= 0 and site <> ''",
        "select count(*) from marts.visits as v join range(5000) as r (n) on cast(v.visitor_id as integer) = r.n",
        "select count(*) filter (where cast(visitor_id as integer) >= 0) from marts.visits",
        "select count(*) from marts.visits where n + case user_code when 'bo' then 9223372036854775807 else 0 end >= 0",
        "select count(*) from (select cast(visitor_id as integer) as v from marts.visits order by v limit 2500)",
        "select count(*) from marts.visits where cast(visitor_id as integer) in (select n from marts.visits)",
    ],
)
def test_an_error_says_nothing_of_a_row_out_of_scope(reader: ScopedReader, question: str):
    """DuckDB must know that a row is in scope before it computes something that may fail."""
    assert ask(reader, ADA, question) == [(2500,)]
    with pytest.raises((duckdb.ConversionException, duckdb.OutOfRangeException)):
        ask(reader, BO, question)


LONG = {
    "no row": "select count(*) from range(10000000) as a (n) join range(10000000) as b (m) on n * m = -1",
    "no end": "with recursive up as (select 1 as n union all select n + 1 from up) select count(*) from up",
    "too many rows": "select hash(n) from range(10000000000) as a (n)",
}


@pytest.mark.parametrize("read", ["fetchall", "fetchone", "to_arrow_table", "to_arrow_reader"])
@pytest.mark.parametrize("question", LONG)
def test_a_long_question_is_ended_and_the_next_one_answered(settings: Settings, question: str, read: str):
    reader = ScopedReader(settings.model_copy(update={"question_seconds": 0.2}))

    def read_out(session: ScopedSession) -> None:
        """As a caller does who writes rows out while they are made."""
        with session.ask(LONG[question]) as answer:
            if read == "to_arrow_reader":
                list(answer.to_arrow_reader())
            while getattr(answer, read)():
                pass

    with reader.within(ADA) as session, reader.within(BO) as other:
        began = monotonic()
        with pytest.raises(QuestionTooSlowError, match=r"longer than 0\.2 seconds"):
            read_out(session)
        assert monotonic() - began < 20, "thousands of seconds, unless it was ended"
        assert rows(session, "select distinct user_code from marts.visits") == [("ada",)]
        assert rows(other, "select distinct user_code from marts.visits") == [("bo",)]
    assert reader.health()["failures"] == 0, "the lake is well"
    reader.close()


def test_no_hint_makes_a_plan_grow_beyond_all_bounds(reader: ScopedReader):
    """Planning cannot be interrupted: where each table is written out twice, fourteen of them take seconds."""
    doubled = [f"a{n} as not materialized (select one.x from a{n - 1} as one, a{n - 1} as two)" for n in range(1, 15)]
    question = f"with a0 as not materialized (select 1 as x), {', '.join(doubled)} select count(*) from a14"
    began = monotonic()
    assert ask(reader, ADA, question) == [(1,)]
    assert monotonic() - began < 2


def test_a_question_that_is_done_in_time_leaves_the_next_one_its_whole_time(settings: Settings):
    """One of half the time each, so that an interrupt of the first would meet another."""
    reader = ScopedReader(settings.model_copy(update={"question_seconds": 0.5}))
    with reader.within(ADA) as session:
        began = monotonic()
        while monotonic() - began < 1.2:
            assert rows(session, "select count(*) from marts.visits") == [(2500,)]
    reader.close()


def test_the_shell_s_reader_sees_all(settings: Settings):
    lake = Lake("", settings)
    assert lake.read("select count(distinct user_code) from marts.visits") == [(2,)]
    assert lake.read("select count(*) from staging.visits") == [(5000,)]
