"""Mail as it goes to a real server: encrypted or not, refused, and to servers that mean harm."""

import socket
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from orchestration.errors import DogearError
from orchestration.notifications.channels import add_channel, usable_channels
from orchestration.notifications.email_channel import EmailChannel, check_address
from orchestration.notifications.notification import Notification
from orchestration.notifications.smtp_server import smtp_server
from orchestration.settings import Settings
from tests.notifications.conftest import PASSWORD

LOGIN = "dogear%40example.net:correct%20horse%2Fbattery%40staple@"


def notification(**values: Any) -> Notification:
    known: dict[str, Any] = {
        "notification_id": uuid4(),
        "user_code": "ada",
        "account_id": None,
        "site": "example.org",
        "type": "comment",
        "title": "New comment on “Über b”",
        "message": "New comment.",
        "action_url": None,
        "related_type": None,
        "related_id": None,
        "event_count": 1,
        "created_at": datetime.now(UTC),
        "address": "ada@example.org",
        "channel": "email",
        "attempt": 1,
    }
    return Notification(**{**known, **values})


def allow(_server, _session, _envelope, _mechanism, login) -> AuthResult:
    success = (login.login, login.password) == (b"dogear@example.net", PASSWORD.encode())
    return AuthResult(success=success, handled=success)


@pytest.fixture
def trusted(certificate, monkeypatch):
    """Trust the servers' certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate[0])


def smtps(make_mail_server, certificate):
    return make_mail_server(ssl_context=certificate[1], auth_require_tls=False, auth_required=True, authenticator=allow)


def starttls(make_mail_server, certificate):
    return make_mail_server(tls_context=certificate[1], require_starttls=True, auth_required=True, authenticator=allow)


@pytest.mark.parametrize(("scheme", "start"), [("smtps", smtps), ("smtp+starttls", starttls)])
def test_tls_and_a_password(make_mail_server, certificate, trusted, scheme, start):
    server = start(make_mail_server, certificate)
    EmailChannel(smtp_server(server.url(scheme, LOGIN)), "dogear@example.net").send(notification())
    (mail,) = server.received
    assert mail["Subject"] == "New comment on “Über b”"
    assert "Date" in mail


@pytest.mark.parametrize(("scheme", "start"), [("smtps", smtps), ("smtp+starttls", starttls)])
def test_a_server_that_nobody_vouches_for_gets_nothing(make_mail_server, certificate, scheme, start):
    server = start(make_mail_server, certificate)
    delivery = EmailChannel(smtp_server(server.url(scheme, LOGIN)), "dogear@example.net").send(notification())
    assert delivery.outcome == "refused"
    assert server.received == []


def test_a_server_without_starttls_hears_no_password(mail_server):
    channel = EmailChannel(smtp_server(mail_server.url("smtp+starttls", LOGIN)), "dogear@example.net")
    assert channel.send(notification()).outcome == "refused"
    assert mail_server.received == []


def test_a_wrong_password_is_said_without_it(make_mail_server, certificate, trusted):
    server = smtps(make_mail_server, certificate)
    channel = EmailChannel(smtp_server(server.url("smtps", "dogear%40example.net:hunter2@")), "dogear@example.net")
    delivery = channel.send(notification())
    assert delivery.outcome == "failed"
    assert str(delivery.error).endswith("answered 535 5.7.8")
    assert "hunter2" not in repr(channel)


def test_a_title_adds_no_header_and_no_text_steers_a_terminal(mail_server):
    mail_server.channel().send(
        notification(title="Hello\r\nBcc: eve@example.org\x00", message="a\r\n.\r\nQUIT\r\n\x1b[2J\u202e")
    )
    (mail,) = mail_server.received
    assert mail["Subject"] == r"Hello\r\nBcc: eve@example.org\x00"
    assert mail["Bcc"] is None
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == "a\\r\\n.\\r\\nQUIT\\r\\n\\x1b[2J\\u202e\r\n"


@pytest.fixture
def hostile_server():
    """A server that says the same to every client, over and over."""
    listeners = []

    def start(*said: bytes, times: int = 1) -> EmailChannel:
        listeners.append(listener := socket.create_server(("127.0.0.1", 0)))

        def speak() -> None:
            connection, _ = listener.accept()
            with connection:
                try:
                    for _ in range(times):
                        for line in said:
                            connection.sendall(line)
                    while connection.recv(1000):
                        pass
                except OSError:
                    return

        Thread(target=speak, daemon=True).start()
        url = SecretStr(f"smtp://127.0.0.1:{listener.getsockname()[1]}")
        return EmailChannel(smtp_server(url), "dogear@example.net", whole=1)

    yield start
    for listener in listeners:
        listener.close()


def test_a_server_that_never_ends(hostile_server):
    channel = hostile_server(b"220-" + 1000 * b"x" + b"\r\n", times=100_000)
    assert channel.send(notification()).outcome == "refused"


def test_a_server_that_is_silent(hostile_server):
    delivery = hostile_server().send(notification())
    assert delivery.outcome == "unknown"
    assert "not done within 1 s" in delivery.error


@pytest.mark.parametrize(
    ("last", "outcome"),
    [(b"250 taken\r\n", "sent"), (b"", "unknown"), (b"what\r\n", "unknown"), (b"250" + 9000 * b"x", "unknown")],
)
def test_after_the_text_has_gone_out_only_a_clear_answer_counts(hostile_server, last, outcome):
    """All answers come at once: greeting, EHLO, MAIL, RCPT, DATA, and the last."""
    channel = hostile_server(b"220 hello\r\n250 fine\r\n250 fine\r\n250 fine\r\n354 go on\r\n" + last)
    assert channel.send(notification()).outcome == outcome


@pytest.mark.parametrize(
    "url",
    [*("", "mail.example.org", "https://mail.example.org", "smtps://", "smtps://host:99999", "smtps://[::1"),
     "smtp://ada:hunter2@host"],
)  # fmt: skip
def test_settings_that_make_no_server(url):
    with pytest.raises(DogearError, match="DOGEAR_SMTP_URL") as raised:
        smtp_server(SecretStr(url))
    assert "hunter2" not in str(raised.value)


def test_what_is_wrong_with_one_channel_stops_no_other():
    settings = Settings(smtp_url=SecretStr("nowhere"), notification_webhook_secret=SecretStr("whsec_!"))
    usable, problems = usable_channels(settings)
    assert usable == {}
    assert [problem.split()[0] for problem in problems] == ["DOGEAR_SMTP_URL", "DOGEAR_NOTIFICATION_WEBHOOK_SECRET"]
    settings = Settings(smtp_url=SecretStr("smtps://host.example"), notification_webhook_secret=SecretStr("whsec_!"))
    assert list(usable_channels(settings)[0]) == ["email"]


@pytest.mark.parametrize(
    "address",
    ["", "ada", "ada@", "@example.org", "a b@example.org", "a@b\r\nBcc: c@d", "<a@b>", "a@b,c@d", "ä@example.org",
     "x" * 300 + "@example.org", "a@b>", "a@b@c"],
)  # fmt: skip
def test_what_is_no_address(address, database_url):
    with pytest.raises(DogearError, match="must look like"):
        check_address(address)
    with pytest.raises(DogearError):
        add_channel(database_url, "ada", "email", address, [])


def test_a_webhook_may_not_hold_a_password(database_url):
    with pytest.raises(DogearError, match="DOGEAR_NOTIFICATION_WEBHOOK_SECRET") as raised:
        add_channel(database_url, "ada", "webhook", "https://ada:hunter2@example.org/", [])
    assert "hunter2" not in str(raised.value)
