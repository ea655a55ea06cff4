"""Move the journal into PostgreSQL until asked to end: ``python -m serving.collector.load``."""

import logging
import os
import signal
import threading

from orchestration.resources.database import expected_url
from orchestration.settings import Settings
from serving.collector.loader import Loader
from serving.processes import end_with_parent


def main() -> None:
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()

    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, end)
    end_with_parent()
    # What comes in goes before what is moved on: the journal keeps it meanwhile.
    os.nice(19)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    settings = Settings()
    Loader(settings.journal_folder, expected_url(settings), settings.duckdb_memory).run(stop)


if __name__ == "__main__":
    main()
