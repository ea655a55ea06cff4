"""Relations of others where dbt would write: dbt silently drops one that has a model's name but is of another kind."""

from pathlib import Path

import psycopg

from orchestration.errors import DogearError
from orchestration.rollups.dbt_project import relations

# pg_class.relkind of dbt's relations. A release that changes the kind of a model drops the old one in a migration;
# whether a table of days is partitioned is for outdated_tables.py.
KINDS = {"view": "v", "materialized_view": "m", "incremental": "rp", "table": "r", "seed": "r"}
FOREIGN = """
    select format('%%I.%%I', nspname, relname)
    from pg_class
    join pg_namespace as n on n.oid = relnamespace
    join unnest(%s::text[], %s::text[]) as wanted (name, kind) on wanted.name = nspname || '.' || relname
    where position(relkind in wanted.kind) = 0
    order by 1
"""


def refuse_foreign(connection: psycopg.Connection, parsed: Path) -> None:
    """Raise DogearError if dbt would drop a relation that it has not made."""
    wanted = {name: KINDS[config["materialized"]] for name, config in relations(parsed, *KINDS).items()}
    found = connection.execute(FOREIGN, [list(wanted), list(wanted.values())]).fetchall()
    if found:
        names = ", ".join(name for (name,) in found)
        raise DogearError(f"{names} is not dbt's, which would drop it: rename it, or move it to another schema.")
