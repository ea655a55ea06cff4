"""Who asks, as the database says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from orchestration.access.credentials import Secret


@dataclass(frozen=True)
class Scopes:
    """What a caller may see: ``user_codes``, and of these only ``sites``; None is all."""

    user_codes: tuple[str, ...] | None
    sites: tuple[str, ...] | None


@dataclass(frozen=True)
class Caller:
    """An account, and the credential by which it asks (``via``: session, key or token), until ``expires_at``."""

    account_id: UUID
    name: str
    role: str
    plan: str
    via: str
    scopes: Scopes
    key_id: UUID | None
    expires_at: datetime | None
    secret: Secret = field(repr=False)


def caller_of(row: Mapping[str, Any], secret: Secret) -> Caller:
    """Return the caller of a row of ``access.enter``."""
    return Caller(
        account_id=row["account_id"],
        name=row["name"],
        role=row["role"],
        plan=row["plan"],
        via=row["via"],
        scopes=Scopes(tuple_of(row["user_codes"]), tuple_of(row["sites"])),
        key_id=row["key_id"],
        expires_at=row["expires_at"],
        secret=secret,
    )


def tuple_of(listed: list[str] | None) -> tuple[str, ...] | None:
    return None if listed is None else tuple(listed)
