"""A reader's browser on a site, and the events that came of it."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

from orchestration.events.event import Event, EventData
from tests.serving.tracker.recording_server import RecordingServer

DEADLINE = 60  # seconds: the tracker sends every 10


@dataclass
class Visit:
    context: BrowserContext
    server: RecordingServer

    def open(self, path: str = "/", page: Page | None = None) -> Page:
        page = page or self.context.new_page()
        page.goto(self.server.url + path)
        return page

    def leave(self, page: Page) -> None:
        """Go elsewhere, so that the page sends what it has."""
        page.goto("about:blank")

    def leave_for_good(self, page: Page) -> None:
        """Go elsewhere, and wait until all that the page had to send is there."""
        page.evaluate("dogear('left')")  # goes last, or together with what was not answered yet
        self.leave(page)
        self.until("left")

    def events(self, kind: str | None = None) -> list[EventData]:
        """What was accepted so far, of a type, in the order in which it happened; each event once."""
        seen = {event.data.event_id: event for event in self.server.accepted if kind in (None, event.type)}
        return [event.data for event in sorted(seen.values(), key=happened)]

    def until(self, kind: str, count: int = 1) -> list[EventData]:
        """Wait until there are so many of a type, and return them."""
        eventually(lambda: len(self.events(kind)) >= count)
        assert len(self.events(kind)) == count
        return self.events(kind)

    def stored(self, page: Page) -> dict[str, str]:
        return page.evaluate("({...localStorage})")


def happened(event: Event) -> tuple[object, str]:
    return event.data.occurred_at, str(event.data.event_id)


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def paths(events: Iterable[EventData]) -> list[str]:
    """The page of each event, without the host."""
    return ["/" + (event.page_url or "").split("/", 3)[3] for event in events]
