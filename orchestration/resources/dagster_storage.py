"""Dagster's storage, as ``dagster.yaml`` names it: its own, on connections of ours.

Dagster takes only a URL, so its settings would be parameters of the connection, which poolers drop; without its
schema it would use tables of other applications.
"""

from typing import Any, Self

from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from sqlalchemy import URL, CreateEnginePlugin, Engine, NullPool, Pool, QueuePool, event
from sqlalchemy.dialects import plugins

from orchestration.resources.server import DAGSTER_SCHEMA, Server


class ServerPlugin(CreateEnginePlugin):
    """Opens the connections of an engine whose URL is ``Server.dagster_url``."""

    def __init__(self, url: URL, kwargs: dict[str, Any]) -> None:
        super().__init__(url, kwargs)
        # Dagster opens a connection for each statement or two, and writes an event with several: a run would spend
        # more time on connections than on its events. One is kept; others are opened while threads need them.
        if kwargs.get("poolclass") is NullPool:
            kwargs.update(poolclass=QueuePool, pool_size=1, max_overflow=-1)
        self._server = Server.of(str(url.query["server"]))

    def update_url(self, url: URL) -> URL:
        return url.difference_update_query(["server"])

    def handle_pool_kwargs(self, pool_cls: type[Pool], pool_args: dict[str, Any]) -> None:  # noqa: ARG002
        # Pooled connections are dead after a restart of the server.
        pool_args["pre_ping"] = True

    def engine_created(self, engine: Engine) -> None:
        def connect(*_: object) -> Any:
            return self._server.psycopg2(search_path=DAGSTER_SCHEMA)

        event.listen(engine, "do_connect", connect)


plugins.register("dogear", __name__, ServerPlugin.__name__)


class DogearStorage(DagsterPostgresStorage):
    """Its module registers the plugin: each process of Dagster imports it for this class."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Self:
        return cls(postgres_url=config_value["postgres_url"], inst_data=inst_data)
