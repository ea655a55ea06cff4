"""Servers that Dogear cannot use, and what others have on them: one sentence, and nothing is touched."""

import dataclasses
import json
from pathlib import Path

import psycopg
import pytest

from orchestration.errors import DogearError
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect
from orchestration.resources.server import Server
from orchestration.resources.server_check import Facts, unfit
from orchestration.rollups.foreign_relations import refuse_foreign
from tests.cli.test_bad_input import one_line
from tests.installation import run_dogear
from tests.resources.foreign_server import ForeignServer, pgbouncer, run

FIT = Facts(
    version="15.1",
    major=15,
    encoding="UTF8",
    is_standby=False,
    only_reads=False,
    quotes_all=False,
    may_create=True,
    may_make_temporary=True,
    role="me",
    name="mine",
)


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ({"version": "14.9", "major": 14}, "is PostgreSQL 14.9: Dogear needs 15 or newer."),
        ({"quotes_all": True}, "alter role me set quote_all_identifiers = off;"),
        ({"name": "50 %"}, "has a quote or % in the name of the database"),
        ({"may_create": False}, 'grant create on database "mine" to me;'),
        ({"may_create": False, "may_make_temporary": False}, 'grant create, temporary on database "mine" to me;'),
    ],
)
def test_what_a_server_lacks(fact, sentence):
    assert unfit(FIT) is None
    assert sentence in str(unfit(dataclasses.replace(FIT, **fact)))


def refusal(url: str) -> str:
    with pytest.raises(DogearError) as refused:
        migrate(Server.said(url).url)
    return one_line(f"{refused.value}\n")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_text(server: ForeignServer, encoding: str):
    server.execute(f"create database {{}} encoding '{encoding}' locale 'C' template template0", encoding)
    assert f"holds texts in {encoding}" in refusal(server.socket_url(database=encoding))


def test_a_role_that_may_not_write(server: ForeignServer):
    server.execute("create role reader login")
    server.execute("create database read")
    assert 'grant create on database "read" to reader;' in refusal(server.socket_url("reader", "read"))
    server.execute("alter role reader set default_transaction_read_only = on")
    assert "lets reader only read" in refusal(server.socket_url("reader", "read"))


def test_a_standby(server: ForeignServer, tmp_path: Path):
    standby = ForeignServer(server.folder, "standby")
    arguments = ("--host", str(server.folder), "--port", str(server.port), "--username", "postgres")
    run(
        server.folder,
        "pg_basebackup",
        *arguments,
        "--pgdata",
        "standby",
        "--checkpoint",
        "fast",
        "--write-recovery-conf",
    )
    with standby.running():
        environment = {"DATABASE_URL": standby.socket_url(), "DOGEAR_HOME": str(tmp_path)}
        said = one_line(run_dogear(environment, "site", "list", check=False).stderr)
        assert "is a standby, which only reads: let DATABASE_URL name the primary" in said
        several = (
            f"postgresql://postgres@/postgres?host={server.folder},{server.folder}&port={standby.port},{server.port}"
        )
        with connect(Server.said(f"{several}&target_session_attrs=primary").url) as connection:
            assert connection.info.port == server.port


def test_a_pooler_that_lends_its_sessions(server: ForeignServer):
    server.add_owner("lent", "", "lent")
    with pgbouncer(server, "lent", "lent", "transaction") as url:
        assert "set pool_mode = session" in refusal(url)


@pytest.mark.parametrize("schema", ["raw", "ops", "dagster", "staging", "locks"])
def test_a_schema_of_others(server: ForeignServer, schema: str):
    database = f"others_{schema}"
    server.add_owner(database, "", database)
    url = server.socket_url(database, database)
    server.execute("create schema {0}; create table {0}.orders as select 1 as n", schema, database=database)
    assert f"has a schema {schema} that is not Dogear's" in refusal(url)
    with connect(server.socket_url(database=database)) as connection:
        assert connection.execute(f"select n from {schema}.orders".encode()).fetchone() == (1,)
        made = "select nspname from pg_namespace where nspname = 'locks' and nspname <> %s"
        assert connection.execute(made, [schema]).fetchall() == []


def test_migrations_of_others_go_on_beside_ours(server: ForeignServer):
    server.add_owner("neighbour", "", "neighbour")
    server.execute("grant create on schema public to neighbour", database="neighbour")
    url = server.socket_url("neighbour", "neighbour")
    with connect(url) as connection:
        connection.execute("create table public.alembic_version as select '0024' as version_num")
    migrate(url)
    migrate(url)
    with connect(url) as connection:
        assert connection.execute("select version_num from public.alembic_version").fetchall() == [("0024",)]
        assert connection.execute("select to_regclass('raw.events') is null").fetchone() == (False,)


def test_a_landed_installation_has_its_table_of_versions_moved(database_url: str):
    with connect(database_url) as connection:
        connection.execute("alter table ops.alembic_version set schema public")
        before = connection.execute("select version_num from public.alembic_version").fetchall()
    migrate(database_url)
    with connect(database_url) as connection:
        assert connection.execute("select version_num from ops.alembic_version").fetchall() == before
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("select from public.alembic_version")


def test_a_table_of_others_that_dbt_would_drop(database_url: str, tmp_path: Path):
    model = {"resource_type": "model", "schema": "staging", "alias": "stg_events", "config": {"materialized": "view"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": {"model.dogear.stg_events": model}}))
    with connect(database_url) as connection:
        connection.execute("create schema staging")
        connection.execute("create view staging.stg_events as select 1 as n")
        refuse_foreign(connection, tmp_path)
        connection.execute("drop view staging.stg_events")
        connection.execute("create table staging.stg_events as select 1 as n")
        connection.commit()
        with pytest.raises(DogearError, match=r"^staging\.stg_events is not dbt's, which would drop it"):
            refuse_foreign(connection, tmp_path)
