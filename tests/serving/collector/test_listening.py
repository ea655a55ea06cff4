"""Where the collector listens, and who is warned."""

import logging
import socket
from contextlib import closing
from pathlib import Path

import pytest
import requests

from orchestration.cli.collector_processes import CollectorProcesses
from orchestration.errors import DogearError
from orchestration.resources.listening import warn_if_reachable
from orchestration.settings import Settings
from tests.serving.collector.running import free_port


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", None),
        ("127.8.9.1", None),
        ("::1", None),
        ("localhost", None),
        ("0.0.0.0", "listens on 0.0.0.0:8000,"),  # noqa: S104 - nothing listens there
        ("::", "listens on [::]:8000,"),
        ("192.0.2.1", "listens on 192.0.2.1:8000,"),
        ("dogear.example", "listens on dogear.example:8000,"),
    ],
)
def test_who_lets_other_machines_in_is_warned(caplog: pytest.LogCaptureFixture, host: str, said: str | None):
    with caplog.at_level(logging.WARNING):
        warn_if_reachable("The collector", host, 8000, "they may send events.")
    assert [record.getMessage().count(said or "") for record in caplog.records] == ([1] if said else [])


def has_ipv6() -> bool:
    try:
        with closing(socket.create_server(("::1", 0), family=socket.AF_INET6)):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost", "http://localhost"),
        pytest.param("::1", "http://[::1]", marks=pytest.mark.skipif(not has_ipv6(), reason="there is no ::1")),
    ],
)
def test_a_name_and_an_ipv6_address_can_be_listened_on(home: Path, database_url: str, host: str, url: str):
    settings = Settings(home=home, collector_host=host, collector_port=free_port())
    environment = {"DATABASE_URL": database_url, "DOGEAR_HOME": str(home), "DOGEAR_COLLECTOR_HOST": host}
    environment["DOGEAR_COLLECTOR_PORT"] = str(settings.collector_port)
    with CollectorProcesses(settings, environment) as collector:
        assert collector.url == f"{url}:{settings.collector_port}"
        assert requests.get(f"{collector.url}/health", timeout=9).json()["status"] == "ok"


def test_a_host_of_nobody_is_named(home: Path):
    settings = Settings(home=home, collector_host="nowhere.invalid", collector_port=free_port())
    with pytest.raises(DogearError, match=r"cannot listen on nowhere.invalid:\d+: .*Set DOGEAR_COLLECTOR_HOST or"):
        CollectorProcesses(settings, {}).__enter__()
