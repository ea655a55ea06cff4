"""The first account: somebody has to be able to sign in after the first start."""

from orchestration.access.accounts import OF_PROGRAM, accounts, add_account, make_link

FIRST = "owner"


def first_link(database_url: str, web_url: str) -> str | None:
    """Return a link that signs in, once, within an hour, as an admin; None once there is anybody who has signed in.

    Makes the account ``owner`` where there is none. A start after one whose link was not used makes another link.
    """
    people = [account for account in accounts(database_url) if not account.name.startswith(OF_PROGRAM)]
    if not people:
        add_account(database_url, FIRST, "admin", plan="pro")
    elif [it.name for it in people] != [FIRST] or people[0].last_seen_at or people[0].has_password:
        return None
    return make_link(database_url, FIRST, web_url)
