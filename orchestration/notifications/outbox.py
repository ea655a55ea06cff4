"""The notifications that are due; an attempt is a row of ``ops.notification_attempts``, ``unknown`` from the start."""

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
BEGIN = """
    with begun as (
        insert into ops.notification_attempts (notification_id, channel, attempt, started_at)
        select notification_id, channel, attempt, %(now)s
        from ops.notification_deliveries
        where notification_id = %(id)s and channel = any(%(channels)s) and coalesce(retry_at <= %(now)s, true)
        order by channel
        limit 1
        returning notification_id, channel, attempt
    )
    select
        notification_id, user_code, account_id, site, type, title, message, action_url, related_type, related_id,
        event_count, created_at, address, channel, attempt
    from begun
    inner join ops.notifications using (notification_id)
    inner join ops.notification_channels using (user_code, channel)
"""


@dataclass(frozen=True)
class NotificationOutbox:
    """What goes out by ``channels``, by a connection in autocommit."""

    connection: psycopg.Connection
    channels: Collection[str]

    def any_due(self, now: datetime) -> bool:
        """Whether ``claim`` would find something."""
        return self.connection.execute(f"select {DUE} limit 1".encode(), self._asked(now)).rowcount > 0

    def expire(self, now: datetime) -> int:
        """What has expired is not delivered any more; returns how many."""
        return self.connection.execute(
            "update ops.notifications set deliver_at = null where deliver_at is not null and expires_at <= %s", [now]
        ).rowcount

    def claim(self, now: datetime) -> Notification | None:
        """Take one notification that is due, by one channel."""
        question = f"select notification_id {DUE} order by deliver_at limit 1 for update of notifications skip locked"
        while True:
            with self.connection.transaction():
                due = self.connection.execute(question.encode(), self._asked(now)).fetchone()
                if due is None:
                    return None
                # Asked again under the lock: another may have been faster, by a moment.
                with self.connection.cursor(row_factory=class_row(Notification)) as cursor:
                    claimed = cursor.execute(BEGIN, {**self._asked(now), "id": due[0]}).fetchone()
                settle(self.connection, due[0])
            if claimed:
                return claimed

    def record(self, message: Notification, delivery: Delivery, at: datetime, retry_at: datetime | None) -> None:
        """Write down how the attempt went."""
        outcome = "failed" if delivery.outcome == "refused" else delivery.outcome
        with self.connection.transaction():
            # Others that deliver it by another channel wait, and then see this one.
            self.connection.execute(
                "select from ops.notifications where notification_id = %s for update", [message.notification_id]
            )
            self.connection.execute(
                "update ops.notification_attempts set finished_at = %s, outcome = %s, reason = %s, retry_at = %s "
                "where notification_id = %s and channel = %s and attempt = %s",
                [at, outcome, delivery.error, retry_at, message.notification_id, message.channel, message.attempt],
            )
            settle(self.connection, message.notification_id)

    def _asked(self, now: datetime) -> dict[str, object]:
        return {"channels": list(self.channels), "now": now}


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
