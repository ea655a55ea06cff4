"""The connections and the progress display of commands on the lake."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

    from orchestration.settings import Settings
    from orchestration.terminal_display import Progress


class AtWork(NamedTuple):
    settings: "Settings"
    url: str
    engine: "duckdb.DuckDBPyConnection"
    progress: "Progress"


@contextmanager
def at_work() -> Generator[AtWork]:
    """Yield what the commands need; progress is shown on standard error, and removed at the end."""
    from orchestration.resources.database import open_database
    from orchestration.resources.duckdb_engine import open_duckdb
    from orchestration.settings import Settings
    from orchestration.terminal_display import progress_bar

    settings, progress = Settings(), progress_bar()
    with open_database(settings) as url, open_duckdb(settings) as engine, progress:
        yield AtWork(settings, url, engine, progress)
