"""Notifications by webhook, as https://www.standardwebhooks.com has it; sent, signed and judged as builds are."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import SecretStr

from orchestration.errors import DogearError
from orchestration.notifications.notification import NotDeliveredError, Notification
from orchestration.webhooks.delivery import TIMEOUTS, Delivery, Timeouts, deliver
from orchestration.webhooks.signing import SECRET_VARIABLE, check_webhook_url, signing_key

OUR_VARIABLE = "DOGEAR_NOTIFICATION_WEBHOOK_SECRET"


@dataclass(frozen=True)
class WebhookChannel:
    """Signs with ``key``."""

    key: bytes = field(repr=False)
    timeouts: Timeouts = TIMEOUTS

    def send(self, notification: Notification) -> None:
        try:
            url = check_url(notification.address)
        except DogearError as error:
            raise NotDeliveredError(Delivery("failed", error=str(error))) from None
        message_id = f"msg_{notification.notification_id.hex}"
        delivery = deliver(url, self.key, message_id, body(notification), datetime.now(UTC), self.timeouts)
        if delivery.outcome != "sent":
            raise NotDeliveredError(delivery)


def webhook_channel(secret: SecretStr) -> WebhookChannel:
    """Raises DogearError where ``secret`` is none."""
    try:
        return WebhookChannel(signing_key(secret))
    except DogearError as error:
        raise DogearError(str(error).replace(SECRET_VARIABLE, OUR_VARIABLE)) from None


def check_url(url: str) -> str:
    """``url``, if a webhook can be sent there. Raises DogearError, which never quotes a secret."""
    try:
        return check_webhook_url(url)
    except DogearError as error:
        raise DogearError(str(error).replace(SECRET_VARIABLE, OUR_VARIABLE)) from None


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
