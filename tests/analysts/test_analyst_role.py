"""What an analyst may do: read the marts, also those that are made later, and call the functions. Nothing else."""

from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access.analysts import add_analyst, analyst_url, analysts, remove_analyst
from orchestration.errors import DogearError
from orchestration.resources.migrations import MIGRATIONS, migrate
from orchestration.resources.postgres import connect, with_database
from tests.rollups.building import MODELS, REFRESHED, Warehouse

RELATIONS = """
    select format('%I.%I', nspname, relname)
    from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm') and nspname {} ('marts', 'scoped')
        and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1
"""


def names(tiny_site, comparison: str) -> list[str]:
    return [name for (name,) in tiny_site.rows(RELATIONS.format(comparison))]


def test_an_analyst_reads_every_mart_and_no_other_table(tiny_site, analyst):
    marts, others = names(tiny_site, "in"), names(tiny_site, "not in")
    assert {"marts.visitor_days", "marts.analytics_visitors", "marts.content_documents"} <= set(marts)
    for mart in marts:
        analyst.execute(f"select * from {mart} limit 1")
    assert {"raw.events", "content.items", "ops.cache_entries", "live.visitors", "staging.stg_events"} <= set(others)
    for table in others:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            analyst.execute(f"select * from {table} limit 1")


@pytest.mark.parametrize(
    "statement",
    [
        "delete from marts.visitor_days",
        "create table marts.mine (a int)",
        "create table public.mine (a int)",
        "create function analytics.mine() returns jsonb language sql as 'select null::jsonb'",
        "select ops.open_marts_to_analysts()",
        "select raw.ensure_event_partitions(array[current_date])",
        "create role eve",
        "set role postgres",
        "copy marts.visitor_days to program 'cat'",
        "select pg_read_file('PG_VERSION')",
        "create temporary table mine (a int)",
        "create temporary view mine as select 1",
        "select lo_create(0)",
        "select lo_from_bytea(0, 'a')",
        "select pg_logical_emit_message(false, 'a', repeat('b', 1000))",
        "select pg_advisory_lock(1)",
        "select pg_try_advisory_xact_lock_shared(1, 2)",
        "select locks.take('build')",
        "do 'begin lock table locks.build in access share mode; end'",
        "do 'begin lock table marts.visitor_days in row share mode; end'",
        "set temp_file_limit = -1",
    ],
)
def test_an_analyst_changes_nothing(analyst, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        analyst.execute(statement)


def test_an_analyst_calls_the_functions(analyst):
    series = (
        "select unique_visitors from analytics.get_time_series_data('page', '/a', '2026-03-02', '2026-03-08', 'weekly')"
    )
    assert analyst.execute(series).fetchall() == [(2,)]
    assert analyst.execute("select current_visitors from analytics.get_live_stats()").fetchall() == [(0,)]
    cached = "select jsonb_typeof(analytics.get_cached_content('sites', 'analytics.overview()', '1 minute'))"
    assert analyst.execute(cached).fetchall() == [("array",)]


def test_an_analyst_has_limits(analyst):
    assert analyst.execute("show statement_timeout").fetchone() == ("1min",)
    assert analyst.execute("show work_mem").fetchone() == ("64MB",)
    assert analyst.execute("show temp_file_limit").fetchone() == ("10GB",)
    limit = "select rolconnlimit from pg_roles where rolname = current_user"
    assert analyst.execute(limit).fetchone() == (10,)


def test_marts_that_are_rebuilt_can_be_read(tiny_site, analyst):
    tiny_site.execute("drop schema marts cascade")
    warehouse = Warehouse.of(tiny_site)
    warehouse.build(select=MODELS)
    warehouse.refresh(*REFRESHED)
    for mart in names(tiny_site, "in"):
        analyst.execute(f"select * from {mart} limit 1")


def test_analysts_by_the_command(tiny_site):
    url = tiny_site.dogear("analyst", "add", "bob").stdout.splitlines()[1].strip()
    assert url.startswith("postgresql://bob:")
    with psycopg.connect(url) as connection:
        assert connection.execute("select count(*) > 0 from marts.visitor_days").fetchone() == (True,)
        assert "bob  1 connection" in tiny_site.dogear("analyst", "list").stdout
        twice = tiny_site.dogear("analyst", "add", "bob", check=False)
        assert "There is a role bob already" in twice.stderr
        assert tiny_site.dogear("analyst", "remove", "bob").stdout == "bob is removed.\n"
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    assert "bob" not in tiny_site.dogear("analyst", "list").stdout


@pytest.mark.parametrize("name", ["", "Ada", "pg_ada", "public", 'a"; drop role b', "a" * 64])
def test_names_that_cannot_be(database_url, name):
    with pytest.raises(DogearError, match="cannot be a role"):
        add_analyst(database_url, name)


def test_roles_that_others_made_are_left_alone(database_url):
    with connect(database_url) as connection:
        connection.execute("create role carol login in role dogear_analyst")
    try:
        assert [(one.name, one.is_ours) for one in analysts(database_url)] == [("carol", False)]
        with pytest.raises(DogearError, match="was not made by"):
            remove_analyst(database_url, "carol")
        with pytest.raises(DogearError, match="There is no analyst 'postgres'"):
            remove_analyst(database_url, "postgres")
    finally:
        with connect(database_url) as connection:
            connection.execute("drop role carol")


@pytest.fixture
def weak_url(server_url) -> Iterator[str]:
    """URL of a migrated database whose owner may not make roles, on a server where nobody has made dogear_analyst."""
    with connect(server_url) as server:
        server.autocommit = True
        server.execute("alter role dogear_analyst rename to analyst_aside")
        server.execute("create role weak login")
        server.execute("create database weak owner weak")
        try:
            url = analyst_url(with_database(server_url, "weak"), "weak", "unused")
            migrate(url)
            yield url
        finally:
            server.execute("drop database weak with (force)")
            server.execute("drop role weak")
            server.execute("alter role analyst_aside rename to dogear_analyst")


def test_without_the_right_to_make_roles_it_is_said_what_an_administrator_must_do(weak_url):
    statements = (MIGRATIONS / "versions" / "0018_analyst_role.sql").read_text()
    said: list[str] = []
    with connect(weak_url) as connection:
        connection.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        connection.execute(statements[statements.index("do $$") :].encode())
    assert "Have an administrator run: create role dogear_analyst nologin; then run:" in said[0]
    with pytest.raises(DogearError, match="Have an administrator of the server run: create role dogear_analyst"):
        add_analyst(weak_url, "eve")


def test_what_an_administrator_makes_may_read_once_the_command_was_called_again(weak_url, server_url):
    with connect(server_url) as server:
        server.autocommit = True
        server.execute("create role dogear_analyst nologin")
        try:
            with pytest.raises(DogearError, match=r"create role eve login .* in role dogear_analyst"):
                add_analyst(weak_url, "eve")
            with connect(weak_url) as connection:
                may = "select has_schema_privilege('dogear_analyst', 'analytics', 'usage')"
                assert connection.execute(may).fetchone() == (True,)
        finally:
            with connect(with_database(server_url, "weak")) as database:
                database.execute("drop owned by dogear_analyst")
            server.execute("drop role dogear_analyst")
