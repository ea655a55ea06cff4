"""The database as a Dagster resource."""

from collections.abc import Generator
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr

from orchestration.resources.database import open_database
from orchestration.resources.run_worker import WORKER_TAG, this_worker
from orchestration.settings import Settings


class Database(dg.ConfigurableResource["Database"]):
    """Dogear's database, running and migrated while a run lasts; settings are read when the run starts."""

    _url: str = PrivateAttr()
    _settings: Settings = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["Database"]:
        self._settings = Settings()
        if context.run is not None and context.instance is not None:
            context.instance.add_run_tags(context.run.run_id, {WORKER_TAG: this_worker(context.run.run_id)})
        with open_database(self._settings) as url:
            self._url = url
            yield self

    @property
    def url(self) -> str:
        """For psycopg, ADBC and libpq."""
        return self._url

    @property
    def settings(self) -> Settings:
        """The settings of this installation."""
        return self._settings
