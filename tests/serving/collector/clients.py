"""Clients that send events and do not give up, while something is broken on purpose."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.serving.collector.running import SITE, RunningCollector, page_view, until

EVENTS = 5


class Clients:
    """Threads that each send one batch after the other, and each batch until it is accepted."""

    def __init__(self, url: str, threads: int) -> None:
        self.accepted: set[str] = set()
        self.failures = 0
        self._url = f"{url}/api/analytics/ingest?site={SITE}"
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._give_up = threading.Event()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Each ends with the batch that it sends just now, once that is accepted."""
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _send(self) -> None:
        while not self._stop.is_set():
            events = [page_view() for _ in range(EVENTS)]
            while not self._is_accepted(events) and not self._give_up.wait(0.05):
                with self._lock:
                    self.failures += 1
            if not self._give_up.is_set():
                with self._lock:
                    self.accepted.update(event["data"]["event_id"] for event in events)

    def _is_accepted(self, events: list[dict[str, Any]]) -> bool:
        try:
            return requests.post(self._url, json={"events": events}, timeout=20).status_code == 202
        except requests.RequestException:
            return False

    def abandon(self) -> None:
        self._stop.set()
        self._give_up.set()


@contextmanager
def clients(url: str, threads: int = 4) -> Iterator[Clients]:
    sending = Clients(url, threads)
    sending.start()
    try:
        yield sending
    finally:
        sending.abandon()


def assert_each_is_there_once(collector: RunningCollector, accepted: set[str]) -> None:
    """Once the journal is empty, raw.events holds what was accepted, nothing else, and nothing twice."""

    def is_loaded() -> bool:
        collector.processes.keep_running()  # the loader may wait for its next start
        return collector.count() >= len(accepted) and not list(collector.home.glob("journal/*.ndjson"))

    until(is_loaded)
    found = [event_id for (event_id,) in collector.rows("select event_id::text from raw.events")]
    assert len(found) == len(set(found))
    assert set(found) == accepted


def after(sending: Clients, more: int, meanwhile: Callable[[], Any]) -> Callable[[], bool]:
    """A condition: so many more were accepted since it was made. ``meanwhile`` is done each time it is asked."""
    wanted = len(sending.accepted) + more

    def holds() -> bool:
        meanwhile()
        return len(sending.accepted) >= wanted

    return holds
