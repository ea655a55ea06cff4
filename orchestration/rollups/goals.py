"""Goals of a site: which events count as conversions, in all of history."""

import re
from dataclasses import dataclass

import psycopg

from orchestration.errors import DogearError
from orchestration.lake.days import NOT_BUILT
from orchestration.resources.locks import BUILD, alone
from orchestration.resources.postgres import connect

EVENT_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}")
LONGEST_NAME, LONGEST_PATH = 100, 500
SAVE_GOAL = """
    insert into content.goals (site, goal, event_type, page_path) values (%s, %s, %s, %s)
    on conflict (site, goal) do update set event_type = excluded.event_type, page_path = excluded.page_path
"""
# If there are no marts yet, no day was built without the goal.
MARK_DAYS = """
    update marts.built_days set events = %s
    where day in (select date from marts.analytics_daily_events where site = %s and event_type in (%s, '(other)'))
"""


@dataclass(frozen=True)
class Goal:
    """Events of ``event_type`` on ``site`` that count as conversions; only those on ``page_path``, if there is one."""

    site: str
    goal: str
    event_type: str
    page_path: str | None = None

    def __str__(self) -> str:
        return f"{self.event_type} on {self.page_path or 'any page'}"


def all_goals(database_url: str) -> list[Goal]:
    """Return the goals by site and name."""
    with connect(database_url) as connection:
        rows = connection.execute("select site, goal, event_type, page_path from content.goals order by site, goal")
        return [Goal(*row) for row in rows]


def check_goal(goal: Goal) -> Goal:
    """Return ``goal`` if it is valid. Raises DogearError that says what it must be like."""
    if not goal.goal.strip() or len(goal.goal) > LONGEST_NAME or not goal.goal.isprintable():
        raise DogearError(f"The name of a goal must have 1 to {LONGEST_NAME} characters, all of which can be printed.")
    if not EVENT_TYPE.fullmatch(goal.event_type):
        raise DogearError(
            f"--event must be the type of an event, such as page_view or signup, not {goal.event_type[:80]!a}."
        )
    if goal.page_path is not None and (not goal.page_path.startswith("/") or len(goal.page_path) > LONGEST_PATH):
        raise DogearError(f"--path must be the path of a page, such as /thanks, not {goal.page_path[:80]!a}.")
    return goal


def add_goal(database_url: str, goal: Goal) -> int:
    """Add it, or change it; return how many days must be built again. Waits for a build that is under way."""
    with alone(database_url, BUILD) as connection:
        before = goal_of(connection, goal.site, goal.goal)
        if before == goal:
            return 0
        try:
            connection.execute(SAVE_GOAL, [goal.site, goal.goal, goal.event_type, goal.page_path])
        except psycopg.errors.ForeignKeyViolation:
            raise DogearError(f"There is no site {goal.site[:80]!a}. See: dogear site list") from None
        marked = sum(mark_days(connection, changed) for changed in (before, goal) if changed)
        connection.commit()
    return marked


def remove_goal(database_url: str, site: str, name: str) -> int:
    """Remove it; return how many days must be built again. Raises DogearError if there is no such goal."""
    with alone(database_url, BUILD) as connection:
        goal = goal_of(connection, site, name)
        if goal is None:
            raise DogearError(f"{site[:80]} has no goal {name[:80]!a}. See: dogear goal list")
        connection.execute("delete from content.goals where site = %s and goal = %s", [site, name])
        marked = mark_days(connection, goal)
        connection.commit()
    return marked


def goal_of(connection: psycopg.Connection, site: str, name: str) -> Goal | None:
    question = "select site, goal, event_type, page_path from content.goals where site = %s and goal = %s"
    row = connection.execute(question, [site, name]).fetchone()
    return Goal(*row) if row else None


def mark_days(connection: psycopg.Connection, goal: Goal) -> int:
    """Mark the days that have such events as not built; return how many."""
    try:
        with connection.transaction():
            return connection.execute(MARK_DAYS, [NOT_BUILT, goal.site, goal.event_type]).rowcount
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return 0
