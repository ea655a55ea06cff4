"""DuckDB as a Dagster resource, within the limits of the installation."""

from collections.abc import Generator
from contextlib import contextmanager

import duckdb
from dagster_duckdb import DuckDBResource
from pydantic import Field

from orchestration.resources.duckdb_engine import open_duckdb
from orchestration.settings import Settings


class DuckDB(DuckDBResource):
    """A DuckDB in memory for as long as a step asks; its settings are read when the run starts.

    ``connection_config`` of a run goes before them: more memory for one backfill, say.
    """

    database: str = Field(default=":memory:", description="In memory: what lasts is Parquet.")

    @contextmanager
    def get_connection(self) -> Generator[duckdb.DuckDBPyConnection]:
        with open_duckdb(Settings(), **self.connection_config) as connection:
            yield connection
