"""A bound of seconds for what DuckDB does: on a cursor, until its rows are read."""

from collections.abc import Generator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

from orchestration.errors import DogearError

# One interrupt may come between two statements, where there is nothing to interrupt.
AGAIN_AFTER = 0.05


class QuestionTooSlowError(DogearError):
    """A question took longer than it may, and was ended."""


@contextmanager
def within_seconds(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Generator[None]:
    """End what the cursor does in the block once it has taken so long. Raises QuestionTooSlowError then.

    Rows are made while they are read, so the block holds their reading too. The cursor can be used again. DuckDB looks
    between two batches of rows whether it is to end: work on one value goes on until then.
    """
    ended, is_late = Event(), Event()

    def watch() -> None:
        if not ended.wait(seconds):
            is_late.set()
            while not ended.is_set():
                cursor.interrupt()
                ended.wait(AGAIN_AFTER)

    watching = Thread(target=watch, name="seconds of a question", daemon=True)
    watching.start()
    try:
        yield
    # Arrow's readers give an error of DuckDB on as one of a file.
    except (duckdb.Error, OSError):
        if is_late.is_set():
            raise QuestionTooSlowError(
                f"This took longer than {seconds:g} seconds and was ended: ask for fewer days, or fewer columns."
            ) from None
        raise
    finally:
        # The next statement of this cursor must not be interrupted.
        ended.set()
        watching.join()
