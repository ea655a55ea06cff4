"""DuckDB as a Dagster resource, within the limits of the installation."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, ClassVar

import duckdb
from dagster_duckdb import DuckDBResource
from pydantic import Field, ValidationError

from orchestration.errors import DogearError
from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings


class DuckDB(DuckDBResource):
    """A DuckDB in memory for as long as a step asks; its settings are read when the run starts.

    A run's configuration may give it other memory or threads, say for one backfill. It cannot set anything else:
    DuckDB's own settings can load native code, so the parent's fields for them are no fields here.
    """

    database: ClassVar[str] = ":memory:"  # pyright: ignore[reportIncompatibleVariableOverride]
    connection_config: ClassVar[dict[str, Any]] = {}  # pyright: ignore[reportIncompatibleVariableOverride]
    memory_limit: str | None = Field(default=None, description="Memory for this run, such as 8GB.")
    threads: int | None = Field(default=None, description="Threads for this run.")

    @contextmanager
    def get_connection(self) -> Generator[duckdb.DuckDBPyConnection]:
        asked: dict[str, Any] = {"duckdb_memory_limit": self.memory_limit, "duckdb_threads": self.threads}
        try:
            settings = Settings(**{name: value for name, value in asked.items() if value is not None})
        except ValidationError as error:
            raise DogearError(f"The run's configuration of duckdb: {error.errors()[0]['msg']}.") from None
        with open_duckdb(settings) as connection:
            yield connection
