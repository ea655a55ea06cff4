"""What the API of access takes and answers: the contract's types."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

Role = Literal["owner", "analyst", "admin"]
Plan = Literal["free", "pro"]
# As accounts.py has it, but for capitals, which become small.
AccountName = Annotated[
    str, StringConstraints(to_lower=True, strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._+@-]{0,199}$")
]
KeyName = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Texts = Annotated[list[Text], Field(max_length=1000)]


class Me(BaseModel):
    """Who asks. ``user_codes`` and ``sites`` are what it may see; null is all."""

    name: str
    role: Role
    plan: Plan
    via: Literal["session", "key", "token"]
    user_codes: list[str] | None
    sites: list[str] | None
    expires_at: datetime | None
    csrf_token: Annotated[str | None, Field(description="For X-CSRF-Token, where a session changes something.")] = None


class Site(BaseModel):
    site: str
    user_code: str


class Sites(BaseModel):
    sites: list[Site]


class Key(BaseModel):
    """A key, without its secret. ``sites`` are those that it is limited to; null is all of its account's."""

    key_id: UUID
    account: str
    name: str
    hint: Annotated[str, Field(description="How it begins.")]
    role: Role
    sites: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: Annotated[datetime | None, Field(description="To the minute.")]


class Keys(BaseModel):
    keys: list[Key]


class NewKey(BaseModel, extra="forbid", strict=True):
    name: KeyName
    sites: Annotated[Texts | None, Field(min_length=1, description="Sites to limit it to; null: all of yours.")] = None
    expires_in_days: Annotated[int | None, Field(ge=1, le=3650, description="null: never.")] = None


class MadeKey(BaseModel):
    key_id: UUID
    key: Annotated[str, Field(description="Shown once, and not stored.")]


class Account(BaseModel):
    """An account; an admin sees all sites, whatever its user_codes."""

    name: str
    role: Role
    plan: Plan
    user_codes: list[str]
    has_password: bool
    has_totp: bool
    is_enabled: bool
    created_at: datetime
    last_seen_at: datetime | None


class Accounts(BaseModel):
    accounts: list[Account]


class NewAccount(BaseModel, extra="forbid", strict=True):
    name: AccountName
    role: Role
    user_codes: Texts = []
    plan: Plan = "free"


class ChangedAccount(BaseModel, extra="forbid", strict=True):
    """What is to change; the rest stays."""

    role: Role | None = None
    user_codes: Texts | None = None
    plan: Plan | None = None
    is_enabled: bool | None = None


class Link(BaseModel):
    url: Annotated[str, Field(description="Signs the account in, once.")]
    expires_at: datetime


class AuditRow(BaseModel):
    """Something that was done; ``by_account`` is null for a command on the machine, and for nobody."""

    audit_id: int
    occurred_at: datetime
    action: str
    by_account: str | None
    by_key: str | None
    account: str | None
    details: dict[str, Any]


class Audit(BaseModel):
    rows: list[AuditRow]
    next: Annotated[int | None, Field(description="For before=, to read on; null at the end.")]


class Token(BaseModel):
    access_token: Annotated[str, Field(description="A JSON Web Token, for Authorization: Bearer TOKEN.")]
    token_type: Literal["Bearer"]
    expires_at: datetime
