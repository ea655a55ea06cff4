"""``dogear account``: who may sign in, and what they may see."""

from collections.abc import Sequence
from typing import Annotated

import typer

from orchestration.terminal import say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="Name of the account: a name or an e-mail address.")]
UserCodes = Annotated[list[str] | None, typer.Option(help="A user code that it may see; once for each.")]
Plan = Annotated[str | None, typer.Option(help="free or pro: how much may be asked.")]


@app.callback()
def account() -> None:
    """Manage accounts: who may sign in to Dogear's pages and API, and what they may see (docs/access.md).

    \b
    Examples:
      dogear account add ada --role owner --user-code ada
      dogear account link ada
      dogear account list
      dogear account disable ada
    """


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="owner, analyst or admin.")] = "owner",
    user_code: UserCodes = None,
    plan: Plan = None,
    oidc: Annotated[
        bool, typer.Option("--oidc", help="Let the OpenID provider of DOGEAR_OIDC_ISSUER sign it in.")
    ] = False,
) -> None:
    """Add an account. It signs in by a link first (dogear account link), and may set a password then.

    An owner reads the sites of its user codes and makes keys for them; an analyst only reads them; an admin sees all
    sites, and manages accounts.

    \b
    Examples:
      dogear account add ada --role owner --user-code ada
      dogear account add bea@example.org --role analyst --user-code ada --user-code ben --plan pro
      dogear account add root --role admin
    """
    from orchestration.access.accounts import add_account
    from orchestration.errors import DogearError
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    if oidc and settings.oidc_issuer is None:
        raise DogearError("--oidc needs a provider: set DOGEAR_OIDC_ISSUER first (docs/access.md).")
    with open_database(settings) as url:
        kept = add_account(url, name, role, user_code or [], plan or "free", settings.oidc_issuer if oidc else None)
        say(f"{kept} is added: {role} of {sees(role, user_code or [])}, plan {plan or 'free'}.")
        warn_of_unknown(url, user_code or [])
    say("It signs in by the provider." if oidc else f"A link to sign in: dogear account link {kept}")


def sees(role: str, user_codes: Sequence[str]) -> str:
    return "all sites" if role == "admin" else ", ".join(user_codes) or "nothing"


def warn_of_unknown(database_url: str, user_codes: list[str]) -> None:
    """Say which user codes no site has: there may be one later."""
    from orchestration.content.sites import all_sites

    known = {site.user_code for site in all_sites(database_url)}
    for code in user_codes:
        if code not in known:
            say(f"No site has the user code {code} yet: dogear site list")


@app.command("list")
def list_accounts() -> None:
    """List the accounts, with roles and user codes.

    \b
    Example:
      dogear account list
    """
    from orchestration.access.accounts import accounts
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        found = accounts(url)
    for one in found:
        seen = f"last seen {one.last_seen_at:%Y-%m-%d %H:%M} UTC" if one.last_seen_at else "never seen"
        more = [seen, *(["one-time codes"] if one.has_totp else []), *([] if one.is_enabled else ["disabled"])]
        say(f"{one.name}  {one.role} of {sees(one.role, one.user_codes)}, {one.plan}; {', '.join(more)}")
    if not found:
        say("There is no account yet. Add one: dogear account add NAME --role admin")


@app.command()
def role(
    name: Name,
    role: Annotated[str | None, typer.Argument(help="owner, analyst or admin (default: as it is).")] = None,
    user_code: UserCodes = None,
    plan: Plan = None,
) -> None:
    """Change role, user codes or plan of an account, from its next request on. User codes replace those it had.

    \b
    Examples:
      dogear account role ada analyst
      dogear account role ada --user-code ada --user-code ben
      dogear account role ada --plan pro
    """
    from orchestration.access.accounts import change_account
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        now = change_account(url, name, role=role, plan=plan, user_codes=user_code)
        say(f"{now.name} is {now.role} of {sees(now.role, now.user_codes)}, plan {now.plan}.")
        warn_of_unknown(url, user_code or [])


@app.command()
def disable(name: Name) -> None:
    """Let an account neither sign in nor use its keys; sessions end.

    \b
    Example:
      dogear account disable ada
    """
    say(f"{switch(name, False)} is disabled.")


@app.command()
def enable(name: Name) -> None:
    """Let a disabled account sign in again, and use its keys.

    \b
    Example:
      dogear account enable ada
    """
    say(f"{switch(name, True)} is enabled.")


def switch(name: str, is_enabled: bool) -> str:
    from orchestration.access.accounts import change_account
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        return change_account(url, name, is_enabled=is_enabled).name


@app.command()
def remove(name: Name) -> None:
    """Remove an account, with its keys and sessions. The audit log keeps its id, and not its name.

    \b
    Example:
      dogear account remove ada
    """
    from orchestration.access.accounts import remove_account
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        remove_account(url, name)
    say(f"{name} is removed.")


@app.command()
def password(name: Name) -> None:
    """Set a password, asked for here or read from standard input; sessions end.

    \b
    Examples:
      dogear account password ada
      pass show dogear | dogear account password ada
    """
    import sys

    from orchestration.access.accounts import find_account, set_password
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        found = find_account(url, name)
        if sys.stdin.isatty():
            typed = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            typed = sys.stdin.readline().rstrip("\r\n")
        set_password(url, found.name, typed)
    say(f"{found.name} has a new password.")


@app.command()
def link(
    name: Name,
    url: Annotated[str | None, typer.Option(help="Where the pages are, such as https://stats.example.org.")] = None,
) -> None:
    """Print a link that signs an account in: once, within an hour. Hand it over as you would a password.

    \b
    Example:
      dogear account link ada
    """
    from orchestration.access.accounts import make_link
    from orchestration.access.web_address import web_address
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as database_url:
        say(make_link(database_url, name, (url or web_address(settings)).rstrip("/")))


@app.command("reset-codes")
def reset_codes(name: Name) -> None:
    """Ask an account for no one-time codes any more, where the device is lost and the recovery codes too.

    \b
    Example:
      dogear account reset-codes ada
    """
    from orchestration.access.accounts import reset_second_factor
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        reset_second_factor(url, name)
    say(f"{name} signs in without one-time codes; its sessions have ended.")


@app.command()
def audit(most: Annotated[int, typer.Option(help="How many lines, the newest.", min=1, max=1000)] = 50) -> None:
    """Print the audit log: sign-ins, keys, exports, erasures, and changes of accounts.

    \b
    Examples:
      dogear account audit
      dogear account audit --most 500
    """
    import json

    from orchestration.access.accounts import audit as rows_of_audit
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        for row in rows_of_audit(url, most):
            who = " by ".join(filter(None, (row["by_account"], row["by_key"] and f"key {row['by_key']}")))
            nobody = "nobody" if row["action"] == "sign_in_refused" else "a command"
            details = json.dumps(row["details"], ensure_ascii=False) if row["details"] else ""
            said = (
                f"{row['occurred_at']:%Y-%m-%d %H:%M:%S}",
                row["action"],
                row["account"] or "-",
                f"by {who or nobody}",
                details,
            )
            say("  ".join(filter(None, said)))
