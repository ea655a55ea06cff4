"""What processes of ours find in their environment: each what it needs, and no secret of another."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from psycopg.conninfo import conninfo_to_dict

from orchestration.cli.collector_processes import CollectorProcesses
from orchestration.cli.kept_server import KeptServer
from orchestration.cli.web_process import WebProcess
from orchestration.resources.program_environment import program_environment, variables
from orchestration.settings import Settings
from tests.serving.collector.running import free_port

SECRET = "hunter2"
# Not ours: of a cloud, of libpq, of whatever else runs on the machine; and what our own commands leave behind.
OTHERS = ("AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "VAULT_TOKEN", "SSH_AUTH_SOCK", "DBT_DATABASE_URL")
STORAGE = "DOGEAR_DAGSTER_STORAGE_URL"
IN_JSON = "DOGEAR_GIT_TOKENS"


@pytest.fixture(autouse=True)
def secrets_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in {*variables(secret=True), *OTHERS, STORAGE} - {"DATABASE_URL", "DOGEAR_MONITOR_DATABASE_URL"}:
        monkeypatch.setenv(name, f'{{"github.com": "{SECRET}"}}' if name == IN_JSON else SECRET)
    monkeypatch.setenv("DOGEAR_RATE_LIMIT_FREE", "7")


def family(server: KeptServer) -> Iterator[psutil.Process]:
    for program in server.programs:
        process = psutil.Process(program.process.pid)
        yield from (process, *process.children(recursive=True))


def test_a_process_is_told_the_secrets_that_it_needs_and_no_others(tmp_path: Path, database_url: str):
    given = {"DATABASE_URL": database_url}
    settings = Settings(home=tmp_path, collector_port=free_port(), web_port=free_port(), oidc_issuer=None)
    with CollectorProcesses(settings, given) as collector, WebProcess(settings, given) as web:
        known = {server: [process.environ() for process in family(server)] for server in (collector, web)}
    for server, secrets in ((collector, set()), (web, {"DOGEAR_OIDC_CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY"})):
        assert len(known[server]) >= 2
        for environment in known[server]:
            assert {name for name, value in environment.items() if SECRET in value} == secrets
            assert (environment["DOGEAR_RATE_LIMIT_FREE"], environment["DOGEAR_HOME"]) == ("7", str(tmp_path))
            owner = conninfo_to_dict(database_url)["user"]
            urls = [value for value in environment.values() if value.startswith("postgresql://")]
            assert urls
            assert owner not in {conninfo_to_dict(url)["user"] for url in urls}


def test_settings_with_secrets_are_known_by_their_type():
    assert {"DATABASE_URL", "DOGEAR_GIT_TOKENS", "DOGEAR_SMTP_URL"} <= variables(secret=True)
    assert {"DOGEAR_HOME", "DOGEAR_LAKE_URL", "DOGEAR_WEB_HOSTS"} <= variables(secret=False)
    assert not variables(secret=True) & variables(secret=False)


def test_a_program_of_the_system_works_as_before(monkeypatch: pytest.MonkeyPatch):
    for name in ("LC_ALL", "TZ", "LD_LIBRARY_PATH", "https_proxy"):
        monkeypatch.setenv(name, "kept")
    assert {"PATH", "LC_ALL", "TZ", "LD_LIBRARY_PATH"} <= program_environment({}).keys()
    assert "https_proxy" not in program_environment({})
    assert "https_proxy" in program_environment({}, is_outward=True)
