"""Every row of every mart in PostgreSQL, and the same in the warehouse of the lake."""

from collections.abc import Collection
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb

from orchestration.warehouse.content_tables import copy_table

MARTS = (
    "select relname::text from pg_class where relnamespace = 'marts'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
)
MARTS_OF_LAKE = "select table_name from duckdb_columns() where database_name = 'lake' and schema_name = 'marts'"
COLUMNS = "select column_name, column_type from (describe {}.marts.{})"
# When a day was built is not what it says.
LEFT_OUT = {"built_days": {"built_at"}}


class Marts:
    """Those of a PostgreSQL database, copied into memory, beside those of a DuckDB file."""

    def __init__(self, database_url: str, warehouse: Path) -> None:
        self._duck = duckdb.connect()
        self._duck.execute("set TimeZone = 'UTC'")
        self._duck.execute(f"attach '{warehouse}' as {warehouse.stem} (read_only)")
        self._lake = warehouse.stem
        with adbc.connect(database_url) as postgres:
            with postgres.cursor() as cursor:
                cursor.execute(MARTS)
                self.names = sorted(name for (name,) in cursor.fetchall())
            for name in self.names:
                copy_table(postgres, f"marts.{name}", self._duck)
        found = self._duck.execute(MARTS_OF_LAKE.replace("'lake'", f"'{self._lake}'")).fetchall()
        self.names_of_lake = sorted({name for (name,) in found})

    def empty(self) -> list[str]:
        """Marts without a row, for which a comparison says nothing."""
        return [name for name in self.names if self._rows("memory", name) == [(0,)]]

    def differences(self) -> list[str]:
        """What is not equal: a mart, its columns or their types, or rows, with a few that only one of the two has."""
        said = [f"{name} is in one of them only" for name in {*self.names} ^ {*self.names_of_lake}]
        for name in sorted({*self.names} & {*self.names_of_lake}):
            ours, theirs = (
                self._duck.execute(COLUMNS.format(database, name)).fetchall() for database in ("memory", self._lake)
            )
            if ours != theirs:
                said.append(f"{name}: columns {theirs} instead of {ours}")
                continue
            columns = [column for column, _ in ours if column not in LEFT_OUT.get(name, ())]
            surplus = self._only(self._lake, "memory", name, columns)
            if surplus or self._rows(self._lake, name) != self._rows("memory", name):
                missing = self._only("memory", self._lake, name, columns)
                said.append("\n".join(map(str, [f"{name}: the lake has", *surplus, "in place of", *missing])))
        return said

    def _rows(self, database: str, name: str) -> list[tuple[int]]:
        return self._duck.execute(f"select count(*) from {database}.marts.{name}").fetchall()

    def _only(self, database: str, other: str, name: str, columns: Collection[str]) -> list[tuple[object, ...]]:
        """A few rows that are in one and not, or not as often, in the other."""
        wanted = ", ".join(f'"{column}"' for column in columns)
        return self._duck.execute(
            f"select {wanted} from {database}.marts.{name} except all select {wanted} from {other}.marts.{name} "
            "order by all limit 3"
        ).fetchall()
