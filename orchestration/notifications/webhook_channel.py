"""Notifications by webhook, as https://www.standardwebhooks.com has it; sent, signed and judged as builds are."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import SecretStr

from orchestration.errors import DogearError
from orchestration.notifications.notification import Notification
from orchestration.webhooks.delivery import TIMEOUTS, Delivery, Timeouts, deliver
from orchestration.webhooks.signing import check_webhook_url, signing_key

SECRET_VARIABLE = "DOGEAR_NOTIFICATION_WEBHOOK_SECRET"  # noqa: S105 - the name of it


@dataclass(frozen=True)
class WebhookChannel:
    """Signs with ``key``."""

    key: bytes = field(repr=False)
    timeouts: Timeouts = TIMEOUTS

    def send(self, notification: Notification) -> Delivery:
        try:
            url = check_webhook_url(notification.address, SECRET_VARIABLE)
        except DogearError as error:
            return Delivery("failed", error=str(error))
        message_id = f"msg_{notification.notification_id.hex}"
        return deliver(url, self.key, message_id, body(notification), datetime.now(UTC), self.timeouts)


def webhook_channel(secret: SecretStr) -> WebhookChannel:
    """Raises DogearError where ``secret`` is none."""
    return WebhookChannel(signing_key(secret, SECRET_VARIABLE))


def body(notification: Notification) -> bytes:
    made = notification.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    names = (
        *("user_code", "account_id", "site", "title", "message", "action_url"),
        *("related_type", "related_id", "event_count"),
    )
    data = {"notification_id": str(notification.notification_id)} | {
        name: getattr(notification, name) for name in names
    }
    message = {"type": f"notification.{notification.type}", "timestamp": made, "data": data}
    return json.dumps(message, separators=(",", ":")).encode()
