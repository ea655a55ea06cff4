"""The deliveries that are due, each taken by one deliverer: an attempt is a row before anything goes out.

No lock is held while something is sent. Whoever sees an attempt that has no outcome leaves that delivery alone, be its
deliverer at work or dead: it says ``unknown`` from the start.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from orchestration.notifications.notification import Notification
from orchestration.webhooks.delivery import Delivery

DUE = """
    from ops.notifications
    where
        deliver_at <= %(now)s
        and expires_at > %(now)s
        and exists (
            select from ops.notification_deliveries as deliveries
            where
                deliveries.notification_id = notifications.notification_id
                and channel = any(%(channels)s)
                and coalesce(retry_at <= %(now)s, true)
        )
"""


@dataclass(frozen=True)
class Attempt:
    """One row of ``ops.notification_attempts`` whose outcome is not known yet."""

    notification_id: UUID
    channel: str
    attempt: int


def any_due(connection: psycopg.Connection, channels: Collection[str], now: datetime) -> bool:
    """Whether ``claim`` would find something."""
    return connection.execute(f"select {DUE} limit 1".encode(), parameters(channels, now)).rowcount > 0


def parameters(channels: Collection[str], now: datetime) -> dict[str, object]:
    return {"channels": list(channels), "now": now}


def expire(connection: psycopg.Connection, now: datetime) -> int:
    """What has expired is not delivered any more; returns how many."""
    return connection.execute(
        "update ops.notifications set deliver_at = null where deliver_at is not null and expires_at <= %s", [now]
    ).rowcount


def claim(
    connection: psycopg.Connection, channels: Collection[str], now: datetime
) -> tuple[Attempt, Notification] | None:
    """Take one delivery by one of ``channels``; its attempt is committed when this returns. None where none is due.

    The connection must be in autocommit.
    """
    question = f"select notification_id {DUE} order by deliver_at limit 1 for update of notifications skip locked"
    while True:
        with connection.transaction():
            due = connection.execute(question.encode(), parameters(channels, now)).fetchone()
            if due is None:
                return None
            # Asked again under the lock: another may have been faster, by a moment.
            with connection.cursor(row_factory=class_row(Attempt)) as cursor:
                attempt = cursor.execute(
                    "insert into ops.notification_attempts (notification_id, channel, attempt, started_at) "
                    "select notification_id, channel, attempt, %(now)s from ops.notification_deliveries "
                    "where notification_id = %(id)s and channel = any(%(channels)s) "
                    "and coalesce(retry_at <= %(now)s, true) order by channel limit 1 "
                    "returning notification_id, channel, attempt",
                    {**parameters(channels, now), "id": due[0]},
                ).fetchone()
            settle(connection, due[0])
            if attempt:
                return attempt, outgoing(connection, attempt)


def outgoing(connection: psycopg.Connection, attempt: Attempt) -> Notification:
    with connection.cursor(row_factory=class_row(Notification)) as cursor:
        notification = cursor.execute(
            "select notification_id, user_code, account_id, site, type, title, message, action_url, related_type, "
            "related_id, event_count, created_at, address from ops.notifications "
            "join ops.notification_channels using (user_code) where notification_id = %s and channel = %s",
            [attempt.notification_id, attempt.channel],
        ).fetchone()
    assert notification is not None
    return notification


def record(
    connection: psycopg.Connection, attempt: Attempt, delivery: Delivery, at: datetime, retry_at: datetime | None
) -> None:
    """Write down how the attempt went."""
    outcome = "failed" if delivery.outcome == "refused" else delivery.outcome
    with connection.transaction():
        # Others that deliver it by another channel wait, and then see this one.
        connection.execute(
            "select from ops.notifications where notification_id = %s for update", [attempt.notification_id]
        )
        connection.execute(
            "update ops.notification_attempts set finished_at = %s, outcome = %s, reason = %s, retry_at = %s "
            "where notification_id = %s and channel = %s and attempt = %s",
            [at, outcome, delivery.error, retry_at, attempt.notification_id, attempt.channel, attempt.attempt],
        )
        settle(connection, attempt.notification_id)


def settle(connection: psycopg.Connection, notification_id: UUID) -> None:
    """Say when the next delivery of a notification, locked by the caller, may begin, and whether all have gone out."""
    connection.execute(
        """
        update ops.notifications
        set
            deliver_at = (
                select min(coalesce(deliveries.retry_at, deliver_at))
                from ops.notification_deliveries as deliveries
                where deliveries.notification_id = notifications.notification_id
            ),
            is_sent = not exists (
                select from unnest(channels) as needed (channel)
                where
                    channel <> 'in_app'
                    and not exists (
                        select from ops.notification_attempts as attempts
                        where
                            attempts.notification_id = notifications.notification_id
                            and attempts.channel = needed.channel
                            and outcome = 'sent'
                    )
            )
        where notification_id = %s
        """,
        [notification_id],
    )
