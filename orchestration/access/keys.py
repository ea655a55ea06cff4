"""Keys for programs, as commands make, list and revoke them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from orchestration.access.accounts import OF_PROGRAM, check_plan, check_role, find_account
from orchestration.access.calls import command
from orchestration.access.credentials import new_secret
from orchestration.errors import DogearError

LONGEST_NAME = 100
LONGEST_DAYS = 3650
DAYS = re.compile(r"([1-9][0-9]{0,3})d")


@dataclass(frozen=True)
class Key:
    """A key that was not revoked, without its secret. ``sites`` are those that it is limited to, None for none."""

    key_id: UUID
    account: str
    name: str
    hint: str
    role: str
    sites: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def key_name(name: str) -> str:
    """Return the name. Raises DogearError for what cannot be one."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise DogearError(f"A key has a name of 1 to {LONGEST_NAME} letters: {name[:40]!a}.")
    return name.strip()


def expiry(text: str | None) -> datetime | None:
    """Return when a key ends that is to live for, say, ``90d``; None for never. Raises DogearError for what is none."""
    if text is None:
        return None
    found = DAYS.fullmatch(text.strip())
    if not found or int(found[1]) > LONGEST_DAYS:
        raise DogearError(f"--expires {text[:40]!a} must be days, such as 90d, and at most {LONGEST_DAYS}d.")
    return datetime.now(UTC) + timedelta(days=int(found[1]))


def add_key(
    database_url: str,
    name: str,
    *,
    site: str | None = None,
    role: str = "owner",
    plan: str = "pro",
    account: str | None = None,
    expires: str | None = None,
) -> str:
    """Make a key and return it; it is not stored.

    With ``account`` it acts for that account. Else it is a program's, which has ``role`` for the owner of ``site``.
    With ``site`` it is limited to that. Raises DogearError.
    """
    named, ends = key_name(name), expiry(expires)
    if site is None and account is None:
        raise DogearError("Which site is it for? Say --site SITE, or --account NAME for all that an account may see.")
    if any(key.name == named and key.account in {account, OF_PROGRAM + named} for key in keys(database_url)):
        raise DogearError(f"There is a key {named} already. Choose another name, or: dogear key revoke {named}")
    if account is None:
        check_role(role, [str(site)])
        check_plan(plan)
        owner = OF_PROGRAM + named
        command(database_url, "add_program", name=owner, role=role, plan=plan, site=site)
    else:
        owner = find_account(database_url, account).name
    secret = new_secret("key")
    given = {"name": named, "key": secret.digest, "hint": secret.hint, "expires_at": ends, "for_account": owner}
    command(database_url, "make_key", credential=None, sites=None if site is None else [site], **given)
    return secret.text


def keys(database_url: str) -> list[Key]:
    """Return the keys of all accounts that were not revoked, by account and name."""
    return [Key(**row) for row in command(database_url, "list_keys", credential=None)]


def revoke_key(database_url: str, name: str, account: str | None = None) -> Key:
    """Revoke a key by its name or id; the next request with it is refused. Raises DogearError for none, or several."""
    found = [
        key for key in keys(database_url) if name in {key.name, str(key.key_id)} and account in {None, key.account}
    ]
    if not found:
        raise DogearError(f"There is no key {name[:40]!a}. See: dogear key list")
    if len(found) > 1:
        raise DogearError(f"Several accounts have a key {name[:40]!a}: say --account NAME. See: dogear key list")
    command(database_url, "revoke_key", credential=None, key_id=found[0].key_id)
    return found[0]
