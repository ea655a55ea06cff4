"""The channels by which each owner is notified, and which of them this installation can use."""

from collections.abc import Collection
from typing import NamedTuple

from orchestration.errors import DogearError
from orchestration.notifications.email_channel import EmailChannel, check_address
from orchestration.notifications.notification import TYPES, Channel
from orchestration.notifications.smtp_server import smtp_server
from orchestration.notifications.webhook_channel import SECRET_VARIABLE, webhook_channel
from orchestration.resources.postgres import connect
from orchestration.settings import Settings
from orchestration.webhooks.signing import check_webhook_url, without_query

CHANNELS = ("in_app", "email", "webhook")
NEEDED = {"email": "DOGEAR_SMTP_URL", "webhook": SECRET_VARIABLE}


class ConfiguredChannel(NamedTuple):
    """One row of ``ops.notification_channels``; each field is described there."""

    channel: str
    address: str | None
    types: list[str] | None

    def __str__(self) -> str:
        """To be shown: the query of a webhook may be a secret."""
        shown = without_query(self.address) if self.channel == "webhook" and self.address else self.address
        return " ".join(filter(None, [self.channel, shown])) + f": {', '.join(self.types or ['everything'])}"


def usable_channels(settings: Settings) -> tuple[dict[str, Channel], list[str]]:
    """Return the channels for which there are settings, by name; and what is wrong with the settings of others."""
    usable: dict[str, Channel] = {}
    problems: list[str] = []
    try:
        if settings.smtp_url is not None:
            usable["email"] = email_channel(settings)
    except DogearError as error:
        problems.append(str(error))
    try:
        if settings.notification_webhook_secret is not None:
            usable["webhook"] = webhook_channel(settings.notification_webhook_secret)
    except DogearError as error:
        problems.append(str(error))
    return usable, problems


def email_channel(settings: Settings) -> EmailChannel:
    """Raise DogearError if the settings do not say enough. The sender is the user, if that is an address."""
    assert settings.smtp_url is not None
    server = smtp_server(settings.smtp_url)
    sender = settings.mail_from or (server.user if "@" in server.user else f"dogear@{server.host}")
    try:
        return EmailChannel(server, check_address(sender))
    except DogearError:
        raise DogearError(
            "There is no sender for e-mail: set DOGEAR_MAIL_FROM to an address like dogear@example.org."
        ) from None


def add_channel(database_url: str, user_code: str, channel: str, address: str | None, types: Collection[str]) -> None:
    """Add the owner's channel, or change it. Raises DogearError for one that cannot be."""
    if channel not in CHANNELS:
        raise DogearError(f"There is no channel {channel[:40]!r}; there are: {', '.join(CHANNELS)}.")
    if unknown := [kind for kind in types if kind not in TYPES]:
        raise DogearError(f"There is no type {unknown[0][:40]!r}; there are: {', '.join(TYPES)}.")
    if (address is None) != (channel == "in_app"):
        raise DogearError("in_app has no address." if channel == "in_app" else f"{channel} needs an address.")
    if address is not None:
        check_address(address) if channel == "email" else check_webhook_url(address, SECRET_VARIABLE)
    with connect(database_url) as connection:
        connection.execute(
            "insert into ops.notification_channels (user_code, channel, address, types) values (%s, %s, %s, %s) "
            "on conflict (user_code, channel) do update "
            "set address = excluded.address, types = excluded.types, changed_at = now()",
            [user_code, channel, address, list(dict.fromkeys(types)) or None],
        )


def channels_of(database_url: str, user_code: str) -> list[ConfiguredChannel]:
    """Return the owner's channels; in_app is always among them."""
    with connect(database_url) as connection:
        rows = connection.execute(
            "select channel, address, types from ops.notification_channels where user_code = %s", [user_code]
        ).fetchall()
    found = {row[0]: ConfiguredChannel(*row) for row in rows}
    found.setdefault("in_app", ConfiguredChannel("in_app", None, None))
    return [found[channel] for channel in CHANNELS if channel in found]


def remove_channel(database_url: str, user_code: str, channel: str) -> None:
    """Remove it; unsent notifications are not sent by it. Raises DogearError if the owner has no such channel."""
    with connect(database_url) as connection:
        removed = connection.execute(
            "delete from ops.notification_channels where user_code = %s and channel = %s", [user_code, channel]
        ).rowcount
    if not removed:
        raise DogearError(f"{user_code} has no channel {channel[:40]!r}. See: dogear notifications channel list")
