"""Deliver the notifications that are due."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestration.notifications.notification import Channel
from orchestration.notifications.outbox import NotificationOutbox
from orchestration.resources.postgres import connect
from orchestration.webhooks.outbox import Retries, send_due, utc_now

# After about 1 and 5 minutes.
RETRIES = Retries(most_attempts=3, first_pause=60, growth=5)


@dataclass(frozen=True)
class DeliveriesSummary:
    """How many attempts were taken, were refused for now or for good, and went out without anybody knowing.

    ``expired`` are notifications that had not gone out in time.
    """

    sent: int = 0
    refused: int = 0
    failed: int = 0
    unknown: int = 0
    expired: int = 0


def deliver_due(
    database_url: str, channels: Mapping[str, Channel], now: Callable[[], datetime] = utc_now
) -> DeliveriesSummary:
    """Deliver by ``channels`` (by their names); what needs another waits."""
    with connect(database_url) as connection:
        connection.autocommit = True
        outbox = NotificationOutbox(connection, channels.keys())
        expired = outbox.expire(now())
        outcomes = Counter(send_due(outbox, lambda it: channels[it.channel].send(it), RETRIES, now))
    return DeliveriesSummary(**outcomes, expired=expired)


def any_to_deliver(database_url: str, channels: Mapping[str, Channel], now: datetime) -> bool:
    """Return whether ``deliver_due`` would send anything."""
    with connect(database_url) as connection:
        return NotificationOutbox(connection, channels.keys()).any_due(now)
