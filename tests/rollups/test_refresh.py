"""Materialized views are refreshed while somebody reads them, and while the refresh itself has to wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from psycopg import OperationalError

from orchestration.resources.postgres import connect
from tests.content.git_site import GitSite
from tests.rollups.building import MODELS, REFRESHED
from tests.rollups.session_model import Event
from tests.serving.collector.running import until

WAITING = """
    select count(*) from pg_locks as waiting join pg_stat_activity as activity using (pid)
    where waiting.relation = 'marts.visitor_days'::regclass and not waiting.granted
    and activity.query like '%refresh materialized view%'
"""


class Reader:
    """Reads how many visitors and documents there are, again and again, and never waits for anybody."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[tuple[int, int]] = []
        self.failed: list[Exception] = []
        self.stop = threading.Event()

    def read(self) -> None:
        with connect(self.url) as connection:
            connection.autocommit = True
            # A reader that is blocked by a refresh waits for longer.
            connection.execute("set lock_timeout = '100ms'")
            while not self.stop.is_set():
                question = "select (select count(*) from marts.{}), (select count(*) from marts.{})".format(*REFRESHED)
                try:
                    self.seen.append(connection.execute(question.encode()).fetchall()[0])
                except OperationalError as error:
                    self.failed.append(error)

    def reads_on(self) -> None:
        """Return once it has read twice more: at least one of the two began after this."""
        before = len(self.seen)
        until(lambda: len(self.seen) >= before + 2 or bool(self.failed))

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = threading.Thread(target=self.read, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.stop.set()
            thread.join(30)


def views(visitors: str) -> list[Event]:
    at = datetime.now(UTC) - timedelta(days=1)
    who: dict[str, Any] = {"user_code": "ada", "site": "example.org", "page_path": "/blog/lending"}
    return [
        Event(event_id=uuid4(), occurred_at=at, event_type="page_view", client_visitor_id=visitor, **who)
        for visitor in visitors
    ]


def test_readers_neither_wait_for_a_refresh_nor_see_less(warehouse, tmp_path):
    (folder := tmp_path / "site").mkdir()
    site = GitSite(folder, warehouse.url)
    site.write("blog/lending.md", "---\ntitle: Lending\n---\nWords.\n")
    site.commit("Write.")
    site.sync()
    warehouse.load(views("abc"))
    warehouse.build(select=MODELS)
    warehouse.refresh(*REFRESHED)
    warehouse.load(views("def"))
    warehouse.build(select=MODELS)

    # Of the document and of the site as a whole.
    before, after = (6, 1), (12, 1)
    reader = Reader(warehouse.url)
    with reader.reading():
        with connect(warehouse.url) as holder:
            holder.execute("lock table marts.visitor_days in access exclusive mode")
            slow = threading.Thread(target=warehouse.refresh, args=REFRESHED, daemon=True)
            slow.start()
            until(lambda: warehouse.rows(WAITING) != [(0,)], patience=120)
            reader.reads_on()
            assert set(reader.seen) == {before}
        slow.join(120)
        assert not slow.is_alive()
        reader.reads_on()
    assert reader.failed == []
    assert set(reader.seen) == {before, after}
    assert reader.seen[-1] == after
