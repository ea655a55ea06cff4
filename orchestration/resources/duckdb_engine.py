"""One way to open DuckDB: within the installation's limits, times in UTC, shut off from all but named places."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import DogearError
from orchestration.resources.storage_urls import local_folder, open_filesystem, storage_place
from orchestration.settings import Settings

# An extension is native code: none is loaded but those that are part of the wheel. Secrets of others are not read.
NO_FOREIGN_CODE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
}


def limits(settings: Settings) -> dict[str, Any]:
    """Return the configuration of every DuckDB of this installation."""
    config: dict[str, Any] = {
        "memory_limit": settings.duckdb_memory,
        "temp_directory": str(settings.spill_folder),
    }
    return config if settings.duckdb_threads is None else config | {"threads": settings.duckdb_threads}


def open_duckdb(
    settings: Settings, path: Path | None = None, *, reach: Iterable[str | Path] = ()
) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB within the limits of the installation: in memory, or the file ``path``.

    It reaches the lake, the folder for what its memory does not hold, and the places of ``reach``; nothing else.
    Raises DogearError if the file cannot be opened (one process may write to it, or many read), or nothing knows the
    URL of the lake.
    """
    filesystem = None
    places = [storage_place(settings.lake), settings.spill_folder, *reach]
    if local_folder(settings.lake) is None:
        filesystem, root = open_filesystem(settings.lake, "lake")
        # DuckDB asks for files by the name that the filesystem itself gives: s3:// for s3a://.
        places.append(filesystem.unstrip_protocol(root))
    try:
        return locked_duckdb(limits(settings), places, path, filesystem)
    except duckdb.Error as error:
        raise DogearError(
            f"DuckDB cannot open {path or 'a database in memory'}: {str(error).splitlines()[0]}"
        ) from None


def locked_duckdb(
    config: dict[str, Any],
    reach: Iterable[str | Path] = (),
    path: Path | None = None,
    filesystem: Any = None,
) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB whose configuration stays as it is, and which reads and writes only in the places of ``reach``.

    A place is a folder, a file, or a URL of ``filesystem``, one of fsspec's. Raises duckdb.Error.
    """
    connection = duckdb.connect(str(path or ":memory:"), config=config | NO_FOREIGN_CODE)
    if filesystem is not None:
        # Before the places: DuckDB takes a URL that no filesystem knows for a path.
        connection.register_filesystem(filesystem)
    lock(connection, reach)
    return connection


def lock(connection: duckdb.DuckDBPyConnection, reach: Iterable[str | Path]) -> None:
    """Bring an open DuckDB into the state that ``locked_duckdb`` promises; its cursors share it."""
    # As a part of the configuration it would be read before what knows time zones is there.
    connection.execute("set global timezone = 'UTC'")
    # Long commands show a progress bar of their own.
    connection.execute("set enable_progress_bar = false")
    places = ", ".join("'" + str(place).replace("'", "''") + "'" for place in reach)
    connection.execute(f"set allowed_directories = [{places}]")
    connection.execute(f"set allowed_paths = [{places}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
