"""One Chromium for a module; a site and a fresh profile for each test."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.serving.tracker.recording_server import RecordingServer, recording_server
from tests.serving.tracker.visit import Visit

QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Skips where Chromium is absent, but never under CI."""
    chromium = shutil.which("chromium")
    if chromium is None and os.environ.get("CI") != "true":
        pytest.skip("chromium is absent")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with recording_server() as server:
        yield server


@pytest.fixture
def visit(browser: Browser, server: RecordingServer) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 800, "height": 600}, locale="de-DE", timezone_id="Europe/Berlin")
    yield Visit(context, server)
    context.close()
