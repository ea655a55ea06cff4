"""The first account: somebody has to be able to sign in after the first start."""

from orchestration.access.accounts import OF_PROGRAM, accounts, add_account, make_link

FIRST = "owner"


def first_link(database_url: str, web_url: str) -> str | None:
    """Return a link that signs in, once, within an hour, as an admin; None once anybody has signed in.

    Makes the account ``owner`` where there is none. A start after one whose link was not used makes another link.
    """
    people = [account for account in accounts(database_url) if not account.name.startswith(OF_PROGRAM)]
    if not people:
        add_account(database_url, FIRST, "admin", plan="pro")
    has_first = any(account.name == FIRST and account.is_enabled for account in people)
    if people and (not has_first or any(account.last_seen_at or account.has_password for account in people)):
        return None
    return make_link(database_url, FIRST, web_url)
