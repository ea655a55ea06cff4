"""The notifications of an owner, or an account, in the application itself."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from orchestration.errors import DogearError
from orchestration.resources.postgres import connect


class InboxRow(NamedTuple):
    """One row of ``ops.notifications`` as its recipient sees it; each field is described there."""

    notification_id: UUID
    created_at: datetime
    site: str | None
    type: str
    title: str
    message: str
    action_url: str | None
    is_read: bool


def inbox(
    database_url: str,
    user_code: str,
    account_id: str | None = None,
    *,
    site: str | None = None,
    unread: bool = False,
    most: int = 50,
) -> list[InboxRow]:
    """Return the newest first; without those that have expired."""
    question = (
        f"select {', '.join(InboxRow._fields)} from ops.notifications where {whose(account_id)} and expires_at > now() "  # noqa: S608
        "and coalesce(site = %(site)s, true) and (not is_read or not %(unread)s) "
        "order by created_at desc, notification_id limit %(most)s"
    )
    asked = {"user_code": user_code, "account_id": account_id, "site": site, "unread": unread, "most": most}
    with connect(database_url) as connection:
        return [InboxRow(*row) for row in connection.execute(question.encode(), asked)]


def mark_read(
    database_url: str, user_code: str, notification_id: UUID | None = None, account_id: str | None = None
) -> int:
    """Mark one, or all that the recipient has; return how many had not been read.

    Raises DogearError if the recipient has no such notification.
    """
    asked = {"user_code": user_code, "account_id": account_id, "id": notification_id}
    wanted = f"from ops.notifications where {whose(account_id)} and coalesce(notification_id = %(id)s, true)"
    with connect(database_url) as connection:
        if notification_id and not connection.execute(f"select {wanted}".encode(), asked).rowcount:
            raise DogearError(f"{user_code} has no notification {notification_id}. See: dogear notifications list")
        return connection.execute(
            f"update ops.notifications set read_at = now() where not is_read and notification_id in "  # noqa: S608
            f"(select notification_id {wanted})".encode(),
            asked,
        ).rowcount


def whose(account_id: str | None) -> str:
    """Return the rows of one recipient; an index finds NULL only where it is asked for as such."""
    account = "is null" if account_id is None else "= %(account_id)s"
    return f"user_code = %(user_code)s and account_id {account} and 'in_app' = any(channels)"
