"""Move the journal into PostgreSQL until asked to end: ``python -m orchestration.events.journal.run_loader``."""

import logging
import os
import signal
import threading

from orchestration.events.journal.loader import Loader
from orchestration.resources.database import expected_url
from orchestration.resources.parent_process import end_with_parent
from orchestration.settings import Settings


def main() -> None:
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()

    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, end)
    end_with_parent()
    # Accepting events goes before loading them: the journal keeps them meanwhile.
    os.nice(19)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    settings = Settings()
    Loader(settings.journal_folder, expected_url(settings), settings.duckdb_memory).run(stop)


if __name__ == "__main__":
    main()
