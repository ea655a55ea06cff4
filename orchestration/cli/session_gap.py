"""``dogear session-gap``: when a session ends."""

from typing import Annotated

import typer

from orchestration.cli.goal import to_build
from orchestration.terminal import say


def session_gap(
    minutes: Annotated[int | None, typer.Argument(help="Minutes, 1 to 720 (default: show the gap).")] = None,
) -> None:
    """Show after how many minutes without an event a session ends, or change it, for all sites and all of history.

    The days that were built with another gap are built again. Most tools use 30.

    \b
    Examples:
      dogear session-gap
      dogear session-gap 20
    """
    from orchestration.resources.database import open_database
    from orchestration.resources.postgres import connect
    from orchestration.rollups.session_rules import session_rules, set_session_gap
    from orchestration.rollups.stale_days import built_days, days_of_other_rules
    from orchestration.settings import Settings

    with open_database(Settings()) as database_url, connect(database_url) as connection:
        if minutes is not None:
            set_session_gap(connection, minutes)
        rules = session_rules(connection)
        days = len(days_of_other_rules(built_days(connection) or {}, str(rules)))
    unit = "minute" if rules.gap_minutes == 1 else "minutes"
    say(f"A session ends after {rules.gap_minutes} {unit} without an event. {to_build(days)}")
