"""Locks between processes: nobody else can hold them, and they hold back nothing else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from orchestration.content.sites import Site, save_site
from orchestration.errors import DogearError
from orchestration.notifications.make_notifications import make_notifications
from orchestration.resources.embedded_postgres import EmbeddedPostgres
from orchestration.resources.locks import BUILD, EVENTS, LAKE, NOTIFICATIONS, UP, OnlyOne, alone, take
from orchestration.resources.postgres import connect
from orchestration.rollups.goals import Goal, add_goal

ONCE_OURS = (
    *("dogear.dbt_build", "dogear.lake", "dogear.make_notifications", "raw.events", "raw.ensure_event_partitions"),
    "dogear.migrate",
)
HOLDING_BACK = """
    select query from pg_stat_activity
    where
        datname = current_database() and pid <> pg_backend_pid()
        and (backend_xid is not null or backend_xmin is not null)
"""


def test_advisory_locks_of_others_let_nobody_wait(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    save_site(database_url, Site("a.example", "ada"))
    with connect(database_url) as other:
        other.execute("select pg_advisory_lock(hashtext(name)) from unnest(%s::text[]) as name", [list(ONCE_OURS)])
        monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=5s")
        add_goal(database_url, Goal("a.example", "signups", "signup"))
        make_notifications(database_url, datetime.now(UTC), 20)
        with alone(database_url, LAKE), connect(database_url) as connection:
            connection.execute("select raw.ensure_event_partitions(array[current_date])")


def test_who_holds_a_lock_keeps_vacuum_from_nothing(database_url: str) -> None:
    with alone(database_url, "imports a.example") as lock, connect(database_url) as watcher:
        lock.execute("select count(*) from raw.imports")
        assert watcher.execute(HOLDING_BACK).fetchall() == []


@pytest.mark.parametrize("setting", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
def test_a_server_that_is_impatient_ends_no_lock(
    database_url: str, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv("PGOPTIONS", f"-c {setting}=1s -c default_transaction_isolation=serializable")
    with alone(database_url, BUILD) as lock:
        assert lock.execute("select current_setting(%s)", [setting]).fetchone() == ("0",)
        assert lock.execute("show transaction_isolation").fetchone() == ("read committed",)


@pytest.mark.parametrize("name", [BUILD, LAKE, EVENTS, NOTIFICATIONS, "partitions"])
def test_a_lock_is_one_and_the_same_for_all_who_take_it(database_url: str, name: str) -> None:
    with connect(database_url) as one, connect(database_url) as another:
        take(one, name)
        another.execute("set lock_timeout = '10ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            another.execute("select locks.take(%s)", [name])


def test_many_who_need_a_lock_for_the_first_time_at_once_hold_it_one_after_another(database_url: str) -> None:
    """As where two processes migrate a database that is empty: there is no schema of locks yet."""
    with connect(database_url) as connection:
        connection.execute("drop schema locks cascade")
        connection.execute("create table public.counted (n integer)")

    def count(_: int) -> None:
        with alone(database_url, "first"), connect(database_url) as connection:
            connection.execute("insert into public.counted select count(*) from public.counted")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(16)))
    with connect(database_url) as connection:
        assert connection.execute("select n from public.counted order by n").fetchall() == [(n,) for n in range(16)]


HOLDERS = "select pg_terminate_backend(pid, 5000) from pg_locks where relation = 'locks.up'::regclass and granted"


def test_of_two_that_must_not_run_at_once_the_second_is_refused_also_after_a_restart_of_the_server(
    database_url: str,
) -> None:
    with OnlyOne(database_url, UP, "One runs already.") as one, connect(database_url) as server:
        with pytest.raises(DogearError, match=r"^One runs already\.$"), OnlyOne(database_url, UP, "One runs already."):
            pass
        assert server.execute(HOLDERS).fetchall() == [(True,)]
        one.keep()
        with pytest.raises(DogearError), OnlyOne(database_url, UP, "One runs already."):
            pass
        assert server.execute(HOLDERS).fetchall() == [(True,)]
        # Another was faster: this one has to end.
        with OnlyOne(database_url, UP, ""), pytest.raises(DogearError, match="One runs already"):
            one.keep()
        # The other has ended.
        one.keep()
        assert server.execute(HOLDERS).fetchall() == [(True,)]


def test_who_must_be_the_only_one_goes_on_while_the_server_is_down(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, fsync="off")
    with server as url, OnlyOne(url, UP, "One runs already.") as one:
        server._run("pg_ctl", "stop", "--mode", "immediate", "--pgdata", "data")
        one.keep()
        with EmbeddedPostgres(tmp_path, fsync="off"):
            one.keep()
            with connect(url) as connection:
                assert connection.execute(HOLDERS).fetchall() == [(True,)]
