"""A plugin of dbt-duckdb: dbt's DuckDB reaches only the files that dbt needs."""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration.resources.duckdb_engine import lock


class Plugin(BasePlugin):
    """Named by ``profiles.yml``; its ``config`` there holds the places, as ``reach``."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.reach = [place for place in plugin_config["reach"] if place]

    def configure_connection(self, conn: Any) -> None:
        """Called once, when dbt opens the file; all of dbt's connections are cursors of this one."""
        lock(conn, self.reach)
