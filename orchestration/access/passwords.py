"""Passwords: hashed here, where memory is, and compared in the database, which is handed no password."""

import unicodedata

from argon2.low_level import Type, hash_secret_raw

from orchestration.errors import DogearError

SHORTEST, LONGEST = 12, 1000
# RFC 9106, section 4, second choice: 64 MiB for each guess. Other values need every password to be set again.
PASSES, KIBIBYTES, LANES, BYTES = 3, 65_536, 4, 32


def raw_hash(password: str, salt: bytes) -> bytes:
    """Return the raw argon2id hash: a tenth of a second and 64 MiB. Letters are the same however they are typed."""
    return hash_secret_raw(
        normal(password).encode(),
        salt,
        time_cost=PASSES,
        memory_cost=KIBIBYTES,
        parallelism=LANES,
        hash_len=BYTES,
        type=Type.ID,
    )


def normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password[:LONGEST])


def check_new_password(password: str) -> None:
    """Raise DogearError for a password that would be guessed, or could not be typed."""
    if not SHORTEST <= len(normal(password)) <= len(password) <= LONGEST:
        raise DogearError(f"A password has {SHORTEST} to {LONGEST} letters.")
    if len(set(password)) < SHORTEST // 2:
        raise DogearError("This password repeats few letters: choose another, such as four words.")
