"""Somebody who looks at every day of every mart, again and again, while it is built."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import psycopg

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect
from orchestration.rollups.dbt_project import parsed_project
from orchestration.settings import Settings
from tests.rollups.building import Warehouse

# Between two readings: what a killed build leaves stays until the next one, and who builds needs the processor too.
PAUSE = 0.2
# What a mart says of its days, by mart and day: a digest of all rows.
Reading = dict[tuple[str, date], str]


class Watcher:
    """Reads the marts in a thread of its own."""

    def __init__(self, warehouse: Warehouse) -> None:
        parsed = parsed_project(warehouse.url, Settings(home=warehouse.home))
        nodes = json.loads((parsed / "manifest.json").read_bytes())["nodes"]
        configs = {node["alias"]: node["config"] for node in nodes.values() if node["schema"] == "marts"}
        self.columns = {name: config["day_column"] for name, config in configs.items() if config.get("day_column")}
        # It says of a day that it is not built, while it is.
        del self.columns["built_days"]
        self.seen: dict[tuple[str, date], set[str | None]] = {}
        self.readings = 0
        self._url = warehouse.url
        self._stop = threading.Event()

    def read(self) -> Reading:
        """Each mart by a query of its own, as somebody would who looks at one chart after the other."""
        found: Reading = {}
        with connect(self._url) as connection:
            connection.autocommit = True
            for mart, column in self.columns.items():
                question = (
                    f"select {column}, md5(string_agg((to_jsonb(t) - 'built_at')::text, ',' order by "
                    f"(to_jsonb(t) - 'built_at')::text)) from marts.{mart} as t group by 1"
                )
                found.update({(mart, day): digest for day, digest in connection.execute(question.encode()).fetchall()})
        return found

    def _watch(self, days: set[tuple[str, date]]) -> None:
        while not self._stop.wait(PAUSE):
            try:
                reading = self.read()
            except (psycopg.OperationalError, DogearError):  # killed on purpose
                continue
            self.readings += 1
            for day in days:
                self.seen.setdefault(day, set()).add(reading.get(day))

    @contextmanager
    def watching(self, days: set[tuple[str, date]]) -> Iterator[None]:
        thread = threading.Thread(target=self._watch, args=(days,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(60)
