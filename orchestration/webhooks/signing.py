"""What of a webhook is secret: the key that signs, and what its URL says beside the address."""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from orchestration.errors import DogearError

EXAMPLE_URL = "https://example.org/hooks/build"
SHORTEST_SECRET = 8


def check_webhook_url(url: str, secret_variable: str) -> str:
    """Return ``url``, if a webhook can be sent there. Raises DogearError, which never quotes a secret.

    ``secret_variable`` is the setting that holds the secret of who sends there.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        sound = host and parts.port != 0 and url.isprintable() and not set(url) & {" ", "\\"}
    except ValueError:
        raise DogearError(f"The URL of a webhook cannot be read; it must look like {EXAMPLE_URL}.") from None
    if parts.scheme not in {"https", "http"} or not sound:
        raise DogearError(f"The URL of a webhook must begin with https:// or http://, and look like {EXAMPLE_URL}.")
    if "@" in parts.netloc:
        raise DogearError(
            f"{without_query(url)}: the URL of a webhook may not hold a user or password. What is sent there is signed "
            f"with the secret in {secret_variable}."
        )
    return url


def without_query(url: str) -> str:
    """Scheme, host and path, for messages: a query, or a user, may be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def hide_query(text: str, url: str) -> str:
    """Return ``text`` without what the query of ``url`` says: an answer may quote it."""
    query = urlsplit(url).query
    for secret in [query, *(value for _, value in parse_qsl(query))]:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return text


def signing_key(secret: SecretStr | None, secret_variable: str) -> bytes:
    """Return the key: what ``whsec_<base64>`` stands for, or the bytes of any other text.

    Raises DogearError without one, which names ``secret_variable``, the setting that holds it.
    """
    text = secret.get_secret_value() if secret else ""
    if not text:
        raise DogearError(f"Webhooks are sent with a signature only: set {secret_variable}.")
    if not text.startswith("whsec_"):
        return text.encode("utf-8", "surrogateescape")
    encoded = text.removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise DogearError(f"{secret_variable} begins with whsec_, and no base64 follows: set it to the whole secret.")
    return key


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the header ``webhook-signature`` of https://www.standardwebhooks.com."""
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()
