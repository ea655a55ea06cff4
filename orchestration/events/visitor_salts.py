"""The salts that keep anonymous visitors apart: one for each UTC day, destroyed after two days."""

import secrets
from collections.abc import Collection
from datetime import date

from orchestration.resources.postgres import connect


def salts_for(database_url: str, days: Collection[date]) -> dict[date, bytes]:
    """Return the salt of each of ``days``, made now where a day has none; salts past their time are destroyed first."""
    with connect(database_url) as connection:
        connection.execute("select raw.destroy_old_visitor_salts()")
        connection.execute(
            "insert into raw.visitor_salts (day, salt) select * from unnest(%s::date[], %s::bytea[]) "
            "on conflict (day) do nothing",
            [list(days), [secrets.token_bytes(32) for _ in days]],
        )
        found = connection.execute("select day, salt from raw.visitor_salts where day = any(%s)", [list(days)])
        return dict(found.fetchall())


def destroy_old_salts(database_url: str) -> int:
    """Destroy the salts that have lived for two days; return how many."""
    with connect(database_url) as connection:
        row = connection.execute("select raw.destroy_old_visitor_salts()").fetchone()
    return row[0] if row else 0
