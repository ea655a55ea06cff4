"""The web process on servers of others: who signs in sees what is theirs, or a sentence says why nobody can."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import requests

from orchestration.access.accounts import add_account, make_link
from orchestration.access.credentials import Secret
from orchestration.access.keys import add_key
from orchestration.cli.up import started_web
from orchestration.cli.web_process import WebProcess
from orchestration.content.sites import Site, save_site
from orchestration.resources.migrations import migrate
from orchestration.resources.postgres import connect
from orchestration.resources.process_roles import WEB, own_url
from orchestration.settings import Settings
from tests.installation import run_dogear
from tests.resources.foreign_server import ForeignServer, pgbouncer
from tests.serving.access.served import Browser
from tests.serving.collector.running import free_port

DATABASE, OWNER, PASSWORD = "asked", "dogear_asked", "secret"
MART = """
    create schema if not exists marts;
    create table if not exists marts.visits as
    select site, user_code, 7 as visits from content.sites;
    select ops.open_to_web();
"""


@pytest.fixture(scope="module")
def owner_url(server: ForeignServer) -> Iterator[str]:
    """A database with two sites of two owners, whose role may make roles and nothing else."""
    server.add_owner(OWNER, PASSWORD, DATABASE)
    server.execute("alter role {} createrole", OWNER)
    url = server.tls_url(OWNER, PASSWORD, DATABASE)
    migrate(url)
    for name in ("ada", "bob"):
        save_site(url, Site(f"{name}.example", name))
        add_account(url, name, "owner", [name])
    yield url
    server.execute("drop database {} with (force)", DATABASE)


def answers_only_what_is_theirs(url: str, home: Path) -> None:
    """A link signs Bob in; his key opens his sites, and his rows of a mart."""
    settings = Settings(home=home, web_port=free_port())
    key = add_key(url, f"key{settings.web_port}", account="bob")
    with WebProcess(settings, {"DATABASE_URL": url, "DOGEAR_HOME": str(home)}) as web:
        browser = Browser(web.url)
        link = make_link(url, "bob", web.url)
        page = link.removeprefix(web.url)
        assert browser.form(page, "/sign-in/link", token=link.partition("token=")[2]).status_code == 303
        assert browser.get("/api/v1/me").json()["user_codes"] == ["bob"]
        headers = {"Authorization": f"Bearer {key}"}
        sites = requests.get(f"{web.url}/api/v1/sites", headers=headers, timeout=30).json()["sites"]
        assert sites == [{"site": "bob.example", "user_code": "bob"}]
        assert requests.get(f"{web.url}/readyz", timeout=30).status_code == 200
    with connect(url) as connection:
        connection.execute(MART.encode())
    with psycopg.connect(own_url(url, WEB, (str(home), "asked"))) as connection:
        question = "select user_code, visits from marts.visits"
        assert connection.execute(question).fetchall() == []
        connection.execute("select access.enter(%s)", [Secret("key", key).digest])
        assert connection.execute(question).fetchall() == [("bob", 7)]
        connection.commit()
        assert connection.execute(question).fetchall() == []


def test_on_debian_s_server(owner_url: str, tmp_path: Path):
    answers_only_what_is_theirs(owner_url, tmp_path)


def test_through_a_pooler_that_passes_roles_on(server: ForeignServer, owner_url: str, tmp_path: Path):
    with pgbouncer(server, None, DATABASE, "session") as url:
        answers_only_what_is_theirs(url.replace("anybody@", f"{OWNER}:{PASSWORD}@"), tmp_path)


@pytest.mark.parametrize(
    ("role", "pool_mode", "said"),
    [
        (None, "transaction", "set pool_mode = session"),
        (OWNER, "session", "it must pass the names of roles on."),
    ],
    ids=["lends its sessions", "logs in with one role for all"],
)
def test_through_other_poolers_nobody_is_answered(
    server: ForeignServer, owner_url: str, tmp_path: Path, role: str | None, pool_mode: str, said: str
):
    assert owner_url
    with pgbouncer(server, role, DATABASE, pool_mode) as url:
        refused_in_a_sentence(url.replace("anybody@", f"{OWNER}:{PASSWORD}@"), tmp_path, said)


def test_without_the_right_to_make_roles_nobody_is_answered(server: ForeignServer, tmp_path: Path, capsys):
    server.add_owner("dogear_plain", PASSWORD, "plain")
    url = server.tls_url("dogear_plain", PASSWORD, "plain")
    refused_in_a_sentence(url, tmp_path, 'alter role "dogear_plain" createrole.')
    settings = Settings(home=tmp_path, web_port=free_port())
    web = WebProcess(settings, {"DATABASE_URL": url, "DOGEAR_HOME": str(tmp_path)})
    # `dogear up` says the same, and goes on without it.
    with ExitStack() as stack:
        assert started_web(stack, web) is None
    assert "createrole. Until then Dogear answers nobody" in capsys.readouterr().out
    # An administrator has run that.
    server.execute("alter role dogear_plain createrole")
    with web:
        assert requests.get(f"{web.url}/readyz", timeout=30).status_code == 200


def refused_in_a_sentence(url: str, home: Path, said: str) -> None:
    port = str(free_port())
    done = run_dogear({"DATABASE_URL": url, "DOGEAR_HOME": str(home), "DOGEAR_WEB_PORT": port}, "serve", check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert PASSWORD not in done.stderr
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
