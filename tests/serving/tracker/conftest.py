"""One Chromium for a module; a site and a fresh profile for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.serving.tracker.recording_server import RecordingServer, recording_server
from tests.serving.tracker.visit import Visit


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with recording_server() as server:
        yield server


@pytest.fixture
def visit(browser: Browser, server: RecordingServer) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": 800, "height": 600},
        screen={"width": 1366, "height": 768},
        locale="de-DE",
        timezone_id="Europe/Berlin",
    )
    yield Visit(context, server)
    context.close()
