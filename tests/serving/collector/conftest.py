"""A collector that runs, with a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.resources.postgres import connect
from tests.conftest import database_of_its_own
from tests.serving.collector.running import RunningCollector, running_collector


@pytest.fixture(scope="module")
def shared_collector(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCollector]:
    """One for all tests of a module."""
    with (
        database_of_its_own(server_url) as url,
        running_collector(tmp_path_factory.mktemp("collector"), url) as collector,
    ):
        yield collector


@pytest.fixture
def collector(shared_collector: RunningCollector) -> RunningCollector:
    """The module's, with nothing in its tables."""
    shared_collector.wait_for(0)
    with connect(shared_collector.database_url) as connection:
        connection.execute("truncate raw.events, raw.rejected_events, raw.corrected_events, live.visitors")
    return shared_collector


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"
