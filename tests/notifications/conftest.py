"""Events in by a file, notifications out to a real mail server and a real web server."""

import asyncio
import json
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from psycopg.rows import dict_row
from pydantic import SecretStr

from orchestration.events.logs.import_file import import_file
from orchestration.notifications.email_channel import EmailChannel
from orchestration.notifications.make_notifications import make_notifications
from orchestration.notifications.smtp_server import smtp_server
from orchestration.resources.postgres import connect

PASSWORD = "correct horse/battery@staple"


class Clock:
    """The tests' own time: waiting moves it on."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def now(self) -> datetime:
        return self.time

    def wait(self, **time: float) -> None:
        self.time += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def happen(database_url, tmp_path) -> Callable[..., None]:
    """Import events, each its type and data; what is not said is of a person who visits /blog/why-b now."""
    files = iter(range(1000))

    def happen(*events: tuple[str, dict], site: str = "example.org", user_code: str = "ada") -> None:
        (folder := tmp_path / f"import{next(files)}").mkdir()
        known = {"page_url": f"https://{site}/blog/why-b", "session_id": "s1"}
        lines = [
            json.dumps({"type": kind, "data": {"occurred_at": datetime.now(UTC).isoformat(), **known, **data}})
            for kind, data in events
        ]
        (file := folder / "events.ndjson").write_text("\n".join(lines) + "\n")
        added = import_file(database_url, file, site=site, user_code=user_code).events_added
        assert added == len(events)

    return happen


@pytest.fixture
def make(database_url, clock) -> Callable[..., int]:
    """Make notifications, as of the tests' time."""
    return lambda most=20: make_notifications(database_url, clock.now(), most)


@pytest.fixture
def rows(database_url):
    """Answer a question to the database; one dict a row."""

    def rows(question: str, *parameters: object) -> list[dict]:
        with connect(database_url) as connection, connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(question.encode(), parameters).fetchall()

    return rows


@pytest.fixture
def attempts(rows):
    return lambda: rows("select * from ops.notification_attempts order by started_at, channel, attempt")


class MailServer:
    """What it takes is in ``received``; ``answers`` go out to mails in turn, then 250. It may be held before that."""

    def __init__(self, **options: Any) -> None:
        self.answers: list[str] = []
        self.recipient_answers: list[str] = []
        self.received: list[EmailMessage] = []
        self.arrived = Event()
        self.may_answer = Event()
        self.may_answer.set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802 - aiosmtpd's name
        envelope.rcpt_tos.append(address)
        return self.recipient_answers.pop(0) if self.recipient_answers else "250 2.1.5 fine"

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.arrived.set()
        await asyncio.to_thread(self.may_answer.wait, 30)
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 taken"
        if answer.startswith("2"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer

    def url(self, scheme: str = "smtp", login: str = "") -> SecretStr:
        return SecretStr(f"{scheme}://{login}127.0.0.1:{self.port}")

    def channel(self, **options: float) -> EmailChannel:
        return EmailChannel(smtp_server(self.url()), "dogear@example.net", **options)


@pytest.fixture
def make_mail_server() -> Iterator[Callable[..., MailServer]]:
    started: list[MailServer] = []

    def make_mail_server(start: bool = True, **options: object) -> MailServer:
        server = MailServer(**options)
        started.append(server)
        if start:
            server.controller.start()
        return server

    yield make_mail_server
    for server in started:
        server.may_answer.set()
        server.controller.stop()


@pytest.fixture
def mail_server(make_mail_server) -> MailServer:
    return make_mail_server()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[str, ssl.SSLContext]:
    """File of a certificate for 127.0.0.1, signed by itself, and the context of a server that has it."""
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return str(folder / "cert.pem"), context
