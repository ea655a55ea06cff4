"""The rules of sessions that an installation may choose. They are in the database, so that all builds agree."""

from dataclasses import dataclass

import psycopg

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect

SHORTEST_GAP, LONGEST_GAP = 1, 720
# Bump when int_event_sessions cuts sessions by another rule: all days are then built once more.
BEGUN_BY = "begun by acts"


@dataclass(frozen=True)
class SessionRules:
    """The rules; as text, they are in ``marts.built_days`` for the days that were built by them."""

    gap_minutes: int

    def __str__(self) -> str:
        return f"session gap {self.gap_minutes} minutes, {BEGUN_BY}"


def session_rules(connection: psycopg.Connection) -> SessionRules:
    """Return the rules by which days are built from now on."""
    row = connection.execute("select gap_minutes from content.session_rules").fetchone()
    assert row, "content.session_rules has one row"
    return SessionRules(*row)


def set_session_gap(connection: psycopg.Connection, minutes: int) -> None:
    """Build days with this gap from now on; others become stale. Raises DogearError beyond limits."""
    if not SHORTEST_GAP <= minutes <= LONGEST_GAP:
        raise DogearError(f"A session gap has {SHORTEST_GAP} to {LONGEST_GAP} minutes, not {minutes}.")
    connection.execute("update content.session_rules set gap_minutes = %s", [minutes])


def session_environment(database_url: str) -> dict[str, str]:
    """Return the environment variables by which the dbt project reads the rules."""
    with connect(database_url) as connection:
        rules = session_rules(connection)
    return {"DBT_SESSION_GAP_MINUTES": str(rules.gap_minutes), "DBT_SESSION_RULES": str(rules)}
