"""A notification on its way out, and what a channel is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from orchestration.webhooks.delivery import Delivery

TYPES = ("like", "comment", "reply", "share", "run_failed")


@dataclass(frozen=True)
class Notification:
    """One row of ``ops.notifications`` (each field is described there), and the attempt that is under way."""

    notification_id: UUID
    user_code: str
    account_id: str | None
    site: str | None
    type: str
    title: str
    message: str
    action_url: str | None
    related_type: str | None
    related_id: str | None
    event_count: int
    created_at: datetime
    address: str = field(repr=False)
    channel: str
    attempt: int


class Channel(Protocol):
    """A way out of here: e-mail, webhook."""

    def send(self, notification: Notification) -> Delivery:
        """Hand it over, once, within a bounded time. An exception means that nobody knows whether it was."""
        ...
