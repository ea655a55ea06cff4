"""One foreign server for all of these tests."""

from collections.abc import Iterator

import pytest

from tests.resources.foreign_server import PROGRAMS, ForeignServer, folder_of_owner, need


@pytest.fixture(scope="package")
def server() -> Iterator[ForeignServer]:
    need(PROGRAMS, "postgresql")
    with folder_of_owner() as folder:
        server = ForeignServer(folder)
        server.create()
        with server.running():
            yield server
