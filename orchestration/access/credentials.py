"""Secrets that open something: made here at random, shown once, and kept by nobody.

The database is handed the digest of a secret, and keeps a digest of that. So neither what it keeps nor what its log may
show of a statement opens anything.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["key", "session", "token", "link", "recovery code"]
# A word that scanners of repositories can look for.
KEY_PREFIX = "dgr_"
HINT = len(KEY_PREFIX) + 4
# Without letters and digits that look alike.
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 16


@dataclass(frozen=True)
class Secret:
    """A secret of 256 random bits: ``text`` for its owner, ``digest`` for the database. It is shown by no ``repr``."""

    kind: Kind
    text: str = field(repr=False)

    @property
    def digest(self) -> bytes:
        """Return what is presented to the database. A secret of one kind is none of another."""
        return hashlib.sha256(f"dogear {self.kind}: {self.text}".encode()).digest()

    @property
    def hint(self) -> str:
        """Return the first letters, by which an owner recognises it."""
        return self.text[:HINT]


def new_secret(kind: Kind) -> Secret:
    return Secret(kind, (KEY_PREFIX if kind == "key" else "") + secrets.token_urlsafe(32))


def new_recovery_code() -> Secret:
    """Return a code that people can type: 79 random bits."""
    return Secret("recovery code", "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)))


def typed_recovery_code(typed: str) -> Secret:
    """Return the code that somebody typed, with capitals, spaces or hyphens as they like."""
    return Secret("recovery code", "".join(letter for letter in typed.lower() if letter.isalnum()))
