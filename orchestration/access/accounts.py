"""Accounts: who may sign in, and what they may see. What commands do; the web process does the same by a credential."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.access.calls import command
from orchestration.access.credentials import new_secret
from orchestration.access.passwords import check_new_password, raw_hash
from orchestration.errors import DogearError
from orchestration.resources.postgres import connect

ROLES = ("owner", "analyst", "admin")
PLANS = ("free", "pro")
NAME = re.compile(r"[a-z0-9][a-z0-9._+@-]{0,199}")
LINK_PATH = "/sign-in/link"
FORGET = "delete from access.audit_log where occurred_at < now() - make_interval(days => %s)"
# The account of a program that belongs to nobody else: key/NAME.
OF_PROGRAM = "key/"


@dataclass(frozen=True)
class Account:
    """An account, as an admin sees it. ``user_codes`` are what it may see; an admin sees all."""

    name: str
    role: str
    plan: str
    user_codes: list[str]
    has_password: bool
    has_totp: bool
    is_enabled: bool
    created_at: datetime
    last_seen_at: datetime | None


def account_name(name: str) -> str:
    """Return the name as it is kept. Raises DogearError for what cannot be one."""
    kept = name.strip().lower()
    if not NAME.fullmatch(kept):
        raise DogearError(
            f"{name[:40]!a} cannot be an account: a name or an e-mail address, of letters a to z, digits and . _ + @ -"
        )
    return kept


def check_role(role: str, user_codes: Sequence[str]) -> None:
    """Raise DogearError for a role that there is not, or that would see nothing."""
    if role not in ROLES:
        raise DogearError(f"There is no role {role[:40]!a}; there are: {', '.join(ROLES)}.")
    if role != "admin" and not user_codes:
        raise DogearError(f"An {role} sees the sites of its user codes: say --user-code CODE (dogear site list).")


def check_plan(plan: str) -> None:
    """Raise DogearError for a plan that there is not."""
    if plan not in PLANS:
        raise DogearError(f"There is no plan {plan[:40]!a}; there are: {', '.join(PLANS)}.")


def add_account(
    database_url: str,
    name: str,
    role: str,
    user_codes: Sequence[str] = (),
    plan: str = "free",
    oidc_issuer: str | None = None,
) -> str:
    """Add an account, which nobody can sign in to yet; returns its name. Raises DogearError."""
    check_role(role, user_codes)
    check_plan(plan)
    kept = account_name(name)
    given = {"name": kept, "role": role, "plan": plan, "user_codes": list(user_codes), "oidc_issuer": oidc_issuer}
    command(database_url, "add_account", credential=None, **given)
    return kept


def accounts(database_url: str) -> list[Account]:
    """Return all accounts, those of programs too, by name."""
    return [Account(**row) for row in command(database_url, "list_accounts", credential=None)]


def find_account(database_url: str, name: str) -> Account:
    """Return the account of that name. Raises DogearError if there is none."""
    for account in accounts(database_url):
        if account.name == (name if name.startswith(OF_PROGRAM) else account_name(name)):
            return account
    raise DogearError(f"There is no account {name[:40]!a}. See: dogear account list")


def change_account(database_url: str, name: str, **changed: Any) -> Account:
    """Change role, plan, user_codes or is_enabled, from the next request on; returns the account as it is then."""
    found = find_account(database_url, name)
    wanted = {key: value for key, value in changed.items() if value is not None}
    check_role(wanted.get("role", found.role), wanted.get("user_codes", found.user_codes))
    check_plan(wanted.get("plan", found.plan))
    command(database_url, "change_account", credential=None, name=found.name, **wanted)
    return find_account(database_url, name)


def remove_account(database_url: str, name: str) -> None:
    """Remove the account with its keys and sessions. Raises DogearError if there is none."""
    command(database_url, "remove_account", credential=None, name=find_account(database_url, name).name)


def reset_second_factor(database_url: str, name: str) -> None:
    """Ask for no one-time codes any more, and end the account's sessions."""
    command(database_url, "reset_second_factor", credential=None, name=find_account(database_url, name).name)


def set_password(database_url: str, name: str, password: str) -> None:
    """Set a password, and end the account's sessions. Raises DogearError for one that would be guessed."""
    check_new_password(password)
    found = find_account(database_url, name)
    (row,) = command(database_url, "salt_of", name=found.name)
    hashed = raw_hash(password, row["salt_of"])
    command(database_url, "set_password_of", name=found.name, password_hash=hashed)


def make_link(database_url: str, name: str, web_url: str) -> str:
    """Return a link that signs the account in, once, within an hour."""
    found = find_account(database_url, name)
    if not found.is_enabled:
        raise DogearError(f"{found.name} is disabled. First: dogear account enable {found.name}")
    secret = new_secret("link")
    command(database_url, "make_link", credential=None, name=found.name, link=secret.digest)
    return f"{web_url}{LINK_PATH}?token={secret.text}"


def audit(database_url: str, most: int) -> list[dict[str, Any]]:
    """Return the newest rows of the audit log, oldest first."""
    return command(database_url, "read_audit", credential=None, most=most)[::-1]


def forget_audit(database_url: str, days: int) -> int:
    """Delete the rows of the audit log that are older; returns how many."""
    with connect(database_url) as connection:
        return connection.execute(FORGET, [days]).rowcount
