"""The mail server that DOGEAR_SMTP_URL names, and a connection to it that is bounded in time and size."""

import smtplib
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from orchestration.errors import DogearError

EXAMPLE = "smtps://user:password@mail.example.org"
PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
# Seconds to connect, and between two reads; the caller bounds the whole delivery.
TIMEOUT = 10
# A greeting, a list of extensions and some answers: a tenth of this.
MOST_READ = 64 * 1024


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed over. ``smtps`` speaks TLS from the start, ``smtp+starttls`` before anything is said."""

    scheme: Literal["smtps", "smtp+starttls", "smtp"]
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def smtp_server(url: SecretStr) -> SmtpServer:
    """Read DOGEAR_SMTP_URL. Raises DogearError, which quotes none of it."""
    try:
        parts = urlsplit(url.get_secret_value())
        port, user, password = parts.port, unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        raise DogearError(f"DOGEAR_SMTP_URL cannot be read; it must look like {EXAMPLE}.") from None
    scheme = parts.scheme
    if scheme not in ("smtps", "smtp+starttls", "smtp") or not parts.hostname or port == 0:
        raise DogearError(
            f"DOGEAR_SMTP_URL must begin with smtps://, smtp+starttls:// or smtp://, and look like {EXAMPLE}."
        )
    if scheme == "smtp" and password:
        raise DogearError("DOGEAR_SMTP_URL would send its password in the clear: say smtps:// or smtp+starttls://.")
    return SmtpServer(scheme, parts.hostname, port or PORTS[scheme], user, password)


class BoundedFile:
    """What the server says, up to MOST_READ bytes."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.left = MOST_READ

    def readline(self, limit: int) -> bytes:
        line: bytes = self.file.readline(limit)
        self.left -= len(line)
        if self.left < 0:
            raise OSError("the server says too much")
        return line

    def close(self) -> None:
        self.file.close()


class Smtp(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        # As smtplib does, where nothing was read yet.
        if self.file is None and self.sock:
            self.file = BoundedFile(self.sock.makefile("rb"))
        return super().getreply()


class SmtpOverTls(Smtp, smtplib.SMTP_SSL):
    """The same, with TLS from the start."""


@contextmanager
def connected(server: SmtpServer) -> Generator[smtplib.SMTP]:
    """Yield a connection that is ready for mail. Raises OSError and SMTPException."""
    # The machine's own name is nobody's business, and to look for it may take long.
    known: dict[str, Any] = {"local_hostname": "[127.0.0.1]", "timeout": TIMEOUT}
    if server.scheme == "smtps":
        smtp = SmtpOverTls(server.host, server.port, context=ssl.create_default_context(), **known)
    else:
        smtp = Smtp(server.host, server.port, **known)
    try:
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if server.password:
            smtp.login(server.user, server.password)
        yield smtp
        # Nobody waits for the answer: all has been said, and a slow one would put it in doubt.
        with suppress(OSError, smtplib.SMTPException):
            smtp.putcmd("QUIT")
    finally:
        smtp.close()
