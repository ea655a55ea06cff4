"""Deliver what is due, one by one. Only what was certainly not taken is tried again."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orchestration.content.builds.build_requests import LONGEST_RETRY_AFTER, seconds_of
from orchestration.notifications.notification import Channel, Notification
from orchestration.notifications.outbox import any_due, claim, expire, record
from orchestration.resources.postgres import connect
from orchestration.webhooks.delivery import Delivery

MOST_ATTEMPTS = 3
FIRST_PAUSE = 60
# A call ends after this, so that slow hosts do not hold a run for ever; the next call goes on.
LONGEST_CALL = timedelta(minutes=5)


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


def utc_now() -> datetime:
    return datetime.now(UTC)


def deliver_due(
    database_url: str, channels: Mapping[str, Channel], now: Callable[[], datetime] = utc_now
) -> DeliveriesSummary:
    """Deliver by ``channels`` (by their names); what needs another waits."""
    outcomes: Counter[str] = Counter()
    with connect(database_url) as connection:
        # No transaction may be open while something is on its way.
        connection.autocommit = True
        expired = expire(connection, now())
        until = now() + LONGEST_CALL
        while now() < until and (claimed := claim(connection, channels.keys(), now())):
            attempt, notification = claimed
            delivery = send(channels[attempt.channel], notification)
            at = now()
            again = delivery.outcome == "refused" and attempt.attempt < MOST_ATTEMPTS
            retry_at = at + timedelta(seconds=pause(attempt.attempt, delivery.retry_after, at)) if again else None
            record(connection, attempt, delivery, at, retry_at)
            outcomes["failed" if delivery.outcome == "refused" and not again else delivery.outcome] += 1
    return DeliveriesSummary(**outcomes, expired=expired)


def any_to_deliver(database_url: str, channels: Mapping[str, Channel], now: datetime) -> bool:
    """Whether ``deliver_due`` would send anything."""
    with connect(database_url) as connection:
        return any_due(connection, channels.keys(), now)


def send(channel: Channel, notification: Notification) -> Delivery:
    try:
        return channel.send(notification)
    except Exception as error:
        # Its text may hold anything; and who knows how far it came.
        return Delivery("unknown", error=f"the channel broke down: {type(error).__name__}")


def pause(attempt: int, retry_after: str | None, now: datetime) -> float:
    """Seconds until the next attempt: about 60, 300; longer where the receiver says so."""
    backoff = FIRST_PAUSE * 5 ** (attempt - 1) * random.uniform(1, 1.25)  # noqa: S311 - spreads load, guards nothing
    return max(backoff, min(seconds_of(retry_after or "", now), LONGEST_RETRY_AFTER))
