"""By which rules events become sessions, where an installation may choose. In the database: all who build agree."""

from dataclasses import dataclass

import psycopg

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect

SHORTEST_GAP, LONGEST_GAP = 1, 720
# Changes when int_event_sessions cuts sessions by another rule: all days are then built once more.
BEGUN_BY = "begun by acts"


@dataclass(frozen=True)
class SessionRules:
    """As text, what ``marts.built_days`` says of the days that were built by them."""

    gap_minutes: int

    def __str__(self) -> str:
        return f"session gap {self.gap_minutes} minutes, {BEGUN_BY}"


def session_rules(connection: psycopg.Connection) -> SessionRules:
    """Return those by which days are built from now on."""
    row = connection.execute("select gap_minutes from content.session_rules").fetchone()
    assert row, "content.session_rules has one row"
    return SessionRules(*row)


def set_session_gap(connection: psycopg.Connection, minutes: int) -> None:
    """From now on, days are built with this gap; those that were not become stale. Raises DogearError beyond limits."""
    if not SHORTEST_GAP <= minutes <= LONGEST_GAP:
        raise DogearError(f"A session gap has {SHORTEST_GAP} to {LONGEST_GAP} minutes, not {minutes}.")
    connection.execute("update content.session_rules set gap_minutes = %s", [minutes])


def session_environment(database_url: str) -> dict[str, str]:
    """Return what the macros of the dbt project read of the rules."""
    with connect(database_url) as connection:
        rules = session_rules(connection)
    return {"DBT_SESSION_GAP_MINUTES": str(rules.gap_minutes), "DBT_SESSION_RULES": str(rules)}
