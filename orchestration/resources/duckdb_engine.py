"""One way to open DuckDB: within the installation's limits of memory, and with days and times in UTC."""

from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import DogearError
from orchestration.settings import Settings


def limits(settings: Settings) -> dict[str, Any]:
    """Configuration of every DuckDB of this installation."""
    config: dict[str, Any] = {
        "memory_limit": settings.duckdb_memory,
        "temp_directory": str(settings.spill_folder),
        # It would look for extensions on the net while a query runs.
        "autoinstall_known_extensions": "false",
    }
    return config if settings.duckdb_threads is None else config | {"threads": settings.duckdb_threads}


def open_duckdb(settings: Settings, path: Path | None = None, **more: Any) -> duckdb.DuckDBPyConnection:
    """A DuckDB of one's own: in memory, or the file ``path``. ``more`` goes before the limits of the installation.

    Raises DogearError where the file cannot be opened; one process may write to it, or many read.
    """
    try:
        connection = duckdb.connect(str(path or ":memory:"), config=limits(settings) | more)
    except duckdb.Error as error:
        raise DogearError(
            f"DuckDB cannot open {path or 'a database in memory'}: {str(error).splitlines()[0]}"
        ) from None
    # For its cursors too. As a part of the configuration it would be read before what knows time zones is there.
    connection.execute("set global timezone = 'UTC'")
    # What takes long here has a progress bar of its own, or nobody who looks.
    connection.execute("set enable_progress_bar = false")
    return connection
