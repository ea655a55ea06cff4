"""Send the messages that are due, each by one sender at a time, and none again that may have arrived.

An attempt is committed before anything goes out, and no lock is held meanwhile. While it has no outcome, its sender is
at work or was killed, and nobody sends that message. Only what was certainly not taken is tried again, after growing
pauses.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

from orchestration.webhooks.delivery import Delivery, Outcome

LONGEST_RETRY_AFTER = 15 * 60
# A call ends after this, so that slow hosts do not hold a run for ever; the next call goes on.
LONGEST_CALL = timedelta(minutes=5)


class Message(Protocol):
    """What is sent. ``attempt`` is the number of the attempt that is under way, from 1."""

    @property
    def attempt(self) -> int: ...


M = TypeVar("M", bound=Message)


class Outbox(Protocol[M]):
    """The messages of one table, and their attempts."""

    def claim(self, now: datetime) -> M | None:
        """Take a message that is due; None where none is. Its attempt is committed when this returns."""
        ...

    def record(self, message: M, delivery: Delivery, at: datetime, retry_at: datetime | None) -> None:
        """Write down how the attempt went. What was refused is given up where ``retry_at`` is None."""
        ...


@dataclass(frozen=True)
class Retries:
    """How many attempts there are at most, seconds before the second, and how much longer each further pause is."""

    most_attempts: int
    first_pause: float
    growth: int

    def next_at(self, attempt: int, retry_after: str | None, now: datetime) -> datetime | None:
        """When a refused attempt is repeated: later where the receiver says so. None after the last."""
        if attempt >= self.most_attempts:
            return None
        pause = self.first_pause * self.growth ** (attempt - 1)
        pause *= random.uniform(1, 1.25)  # noqa: S311 - spreads load, guards nothing
        return now + timedelta(seconds=max(pause, min(seconds_of(retry_after or "", now), LONGEST_RETRY_AFTER)))


def utc_now() -> datetime:
    return datetime.now(UTC)


def send_due(
    outbox: Outbox[M], send: Callable[[M], Delivery], retries: Retries, now: Callable[[], datetime]
) -> Iterator[Outcome]:
    """Send what is due, one by one; yields how each attempt went, ``refused`` where it is to be repeated."""
    until = now() + LONGEST_CALL
    while now() < until and (message := outbox.claim(now())):
        try:
            delivery = send(message)
        except Exception as error:
            # Its text may hold anything; and who knows how far it came.
            delivery = Delivery("unknown", error=f"the channel broke down: {type(error).__name__}")
        at, refused = now(), delivery.outcome == "refused"
        retry_at = retries.next_at(message.attempt, delivery.retry_after, at) if refused else None
        outbox.record(message, delivery, at, retry_at)
        yield "failed" if refused and retry_at is None else delivery.outcome


def seconds_of(retry_after: str, now: datetime) -> float:
    """Return a Retry-After header in seconds: a number, or a date (RFC 9110, 10.2.3); 0 where it is neither."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
        return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return 0
