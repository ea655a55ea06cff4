"""What the role of each process may do, walked over in the catalogue; and that it is enough for the process."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from orchestration.resources.postgres import connect
from orchestration.resources.process_roles import COLLECTOR, GROUPS, LOADER, MONITOR, WEB, own_url, role_name
from serving.collector.registry import Known
from tests.conftest import database_of_its_own

OURS = "nspname !~ '^pg_' and nspname <> 'information_schema'"
RELATIONS = f"""
    select format('%s %s.%s', right_, nspname, relname)
    from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
    cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as right_
    where {OURS} and relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege(pg_class.oid, right_)
    union all
    select format('%s %s.%s.%s', right_, nspname, relname, attname)
    from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
    inner join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
    cross join unnest(array['select', 'insert', 'update', 'references']) as right_
    where
        {OURS} and relkind in ('r', 'p', 'v', 'm', 'f')
        and has_column_privilege(pg_class.oid, attnum, right_) and not has_table_privilege(pg_class.oid, right_)
    union all
    select format('call %s.%s', nspname, proname)
    from pg_proc inner join pg_namespace on pg_namespace.oid = pronamespace
    where {OURS} and has_function_privilege(pg_proc.oid, 'execute')
    union all
    select format('%s schema %s', right_, nspname)
    from pg_namespace cross join unnest(array['usage', 'create']) as right_
    where {OURS} and has_schema_privilege(oid, right_)
    union all
    select 'own ' || datname from pg_database where datname = current_database() and pg_has_role(datdba, 'usage')
    union all
    select attribute from pg_roles cross join jsonb_each(to_jsonb(pg_roles)) as attributes (attribute, value)
    where rolname = current_user and attribute <> 'rolinherit' and attribute <> 'rolcanlogin' and value = 'true'
"""
PLACE = ("a folder", "8000")


@pytest.fixture(scope="module")
def database_url(server_url: str) -> Iterator[str]:
    with database_of_its_own(server_url) as url:
        yield url
        with connect(url) as connection:
            for group in GROUPS:
                connection.execute(f"drop role if exists {role_name(url, group, PLACE)}".encode())


def rights(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return sorted(right for (right,) in connection.execute(RELATIONS.encode()) if right != "usage schema public")


def test_the_collector_may_read_sites_and_keep_salts(database_url: str):
    assert rights(own_url(database_url, COLLECTOR, PLACE)) == [
        "call raw.destroy_old_visitor_salts",
        "insert raw.visitor_salts",
        "select content.sites.allowed_origins",
        "select content.sites.site",
        "select content.sites.user_code",
        "select raw.visitor_salts",
        "usage schema content",
        "usage schema raw",
    ]


def test_the_loader_may_add_events(database_url: str):
    assert rights(own_url(database_url, LOADER, PLACE)) == [
        "call raw.ensure_event_partitions",
        "insert live.visitors",
        "insert raw.corrected_events",
        "insert raw.day_counts",
        "insert raw.events",
        "insert raw.rejected_events",
        "select live.visitors",
        "select raw.corrected_events",
        "select raw.events.event_id",
        "select raw.events.is_bot",
        "select raw.events.occurred_at",
        "select raw.events.site",
        "update live.visitors",
        "update locks.events",
        "usage schema live",
        "usage schema locks",
        "usage schema raw",
    ]


def test_monitoring_may_count(database_url: str):
    assert rights(own_url(database_url, MONITOR, PLACE)) == [
        "call ops.monitored_days",
        "call ops.monitored_now",
        "usage schema ops",
    ]


def test_the_web_process_may_call_what_checks_for_itself(database_url: str):
    found = rights(own_url(database_url, WEB, PLACE))
    # No mart is built here: tests/access reads them.
    assert {"usage schema access", "usage schema analytics", "usage schema scoped"} == {
        right for right in found if not right.startswith("call ")
    }
    called = {right.removeprefix("call ").partition(".")[0] for right in found if right.startswith("call ")}
    assert called == {"access", "analytics"}


def test_the_collector_keeps_sites_and_salts(database_url: str, tmp_path):
    with connect(database_url) as connection:
        connection.execute("insert into content.sites (site, user_code) values ('a.example', 'ada')")
        old = "('2026-01-01', '\\x00', now() - interval '3 days')"
        connection.execute(f"insert into raw.visitor_salts (day, salt, created_at) values {old}".encode())
    problems: list[str] = []
    with Known(tmp_path, own_url(database_url, COLLECTOR, PLACE), problems.append) as known:
        assert known.is_connected, problems
        site = known.site("a.example")
        assert site is not None
        assert site.user_code == "ada"
        salt = known.salt(datetime.now(UTC).date())
    with connect(database_url) as connection:
        kept = connection.execute("select salt from raw.visitor_salts order by day").fetchall()
    assert (salt,) in kept
    assert (b"\x00",) not in kept


@pytest.mark.parametrize("group", GROUPS)
def test_a_role_is_bounded_and_leaves_nothing_to_its_next_process(database_url: str, group: str):
    found = []
    for change in ("set statement_timeout = 1", "set search_path = marts", "set row_security = off", "password 'mine'"):
        url = own_url(database_url, group, PLACE)
        with psycopg.connect(url, autocommit=True) as connection:
            found.append(
                connection.execute(
                    "select rolconnlimit, rolconfig from pg_roles where rolname = current_user"
                ).fetchone()
            )
            connection.execute(f"alter role current_user {change}".encode())
    assert set(map(str, found)) == {"(30, ['temp_file_limit=10GB'])"}


def test_a_start_from_another_place_changes_no_password(database_url: str):
    first = own_url(database_url, COLLECTOR, PLACE)
    other = own_url(database_url, COLLECTOR, ("another folder", "8000"))
    names = [conninfo_to_dict(url)["user"] for url in (first, other)]
    assert names[0] != names[1]
    with connect(database_url) as connection:
        verifiers = "select rolname, rolpassword from pg_authid where rolname = any(%s)"
        before = dict(connection.execute(verifiers, [names]).fetchall())
        own_url(database_url, COLLECTOR, PLACE)
        after = dict(connection.execute(verifiers, [names]).fetchall())
        connection.execute(f"drop role {names[1]}".encode())
    assert [before[name] == after[name] for name in names] == [False, True]
    assert all(str(verifier).startswith("SCRAM-SHA-256$") for verifier in after.values())
