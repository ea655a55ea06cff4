"""Likes, comments and shares become rows of ``ops.notifications``.

There is no cursor: transactions commit out of order. Each time, all events received in the last LOOK_BACK are read
again, and the id of a notification is derived from its cause. ``received_at`` is when a transaction began, so events
of one that lasted longer than LOOK_BACK give no notification.
"""

from datetime import datetime, timedelta
from pathlib import Path

from orchestration.resources.locks import NOTIFICATIONS, take
from orchestration.resources.postgres import connect

LOOK_BACK = timedelta(hours=24)
# Events that are imported later than this after they happened are no news.
OLDEST = timedelta(days=7)
OLDEST_PARENT = timedelta(days=90)
NEW_NOTIFICATIONS = Path(__file__).with_name("new_notifications.sql").read_text()
MAKE = f"""
    insert into ops.notifications as known (
        notification_id, user_code, account_id, site, type, title, message, action_url, related_type, related_id,
        related_event_id, event_count, hour, channels, created_at, is_sent, deliver_at, expires_at
    )
    {NEW_NOTIFICATIONS}
    on conflict (notification_id) do update
    set event_count = excluded.event_count, title = excluded.title, message = excluded.message, read_at = null
    where known.event_count < excluded.event_count
"""  # noqa: S608 - the question is our own


def make_notifications(database_url: str, now: datetime, most_per_hour: int) -> int:
    """Make what is missing, and let counts grow; return how many rows that were."""
    with connect(database_url) as connection:
        # One at a time: two at once would each make the most that an hour may have.
        take(connection, NOTIFICATIONS)
        return connection.execute(MAKE.encode(), window(now, most_per_hour)).rowcount


def any_to_make(database_url: str, now: datetime, most_per_hour: int) -> bool:
    """Return whether ``make_notifications`` would do anything."""
    question = f"select from ({NEW_NOTIFICATIONS}) as new limit 1"
    with connect(database_url) as connection:
        return connection.execute(question.encode(), window(now, most_per_hour)).rowcount > 0


def window(now: datetime, most_per_hour: int) -> dict[str, object]:
    """Return the parameters of ``new_notifications.sql``, from a full hour on, so that each hour is counted whole."""
    since = (now - LOOK_BACK).replace(minute=0, second=0, microsecond=0)
    return {
        "now": now,
        "since": since,
        "oldest": now - OLDEST,
        "oldest_parent": now - OLDEST_PARENT,
        "most": most_per_hour,
    }
