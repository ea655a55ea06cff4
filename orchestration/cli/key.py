"""``dogear key``: what programs ask with."""

from typing import Annotated

import typer

from orchestration.terminal import say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Account = Annotated[str | None, typer.Option(help="The account for which it acts.")]


@app.callback()
def key() -> None:
    """Manage keys: what programs ask with, as `Authorization: Bearer KEY` (docs/access.md).

    \b
    Examples:
      dogear key add report --site example.org
      dogear key list
      dogear key revoke report
    """


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the key is called.")],
    site: Annotated[str | None, typer.Option(help="The site that it is limited to.")] = None,
    role: Annotated[str, typer.Option(help="owner or analyst: what it may do, where it is no account's.")] = "owner",
    expires: Annotated[
        str | None, typer.Option(help="After how many days it ends, such as 90d (default: never).")
    ] = None,
    account: Account = None,
    plan: Annotated[str, typer.Option(help="free or pro, where it is no account's.")] = "pro",
) -> None:
    """Make a key and print it, alone on the last line. It is shown once, and not stored.

    \b
    Examples:
      dogear key add report --site example.org
      dogear key add report --site example.org --role analyst --expires 90d
      dogear key add nightly --account ada
    """
    from orchestration.access.keys import add_key
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        made = add_key(url, name, site=site, role=role, plan=plan, account=account, expires=expires)
    ends = f"for {expires.strip()}" if expires else "until it is revoked"
    say(f"{name} may ask about {site or f'what {account} may see'}, {ends}. Shown once:")
    say(made)


@app.command("list")
def list_keys() -> None:
    """List the keys: how they begin, what they are for, and when they were last used.

    \b
    Example:
      dogear key list
    """
    from orchestration.access.accounts import OF_PROGRAM
    from orchestration.access.keys import keys
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        found = keys(url)
    for one in found:
        account = "" if one.account == OF_PROGRAM + one.name else f" for {one.account}"
        sites = ", ".join(one.sites) if one.sites else "all that it may see"
        used = f"last used {one.last_used_at:%Y-%m-%d %H:%M} UTC" if one.last_used_at else "never used"
        ends = f", ends {one.expires_at:%Y-%m-%d}" if one.expires_at else ""
        say(f"{one.name}  {one.hint}…  {one.role}{account}, {sites}; {used}{ends}")
    if not found:
        say("There is no key yet. Make one: dogear key add NAME --site SITE")


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Name or id of the key.")], account: Account = None) -> None:
    """Revoke a key, and those that were made with it: the next request is refused.

    \b
    Examples:
      dogear key revoke report
      dogear key revoke nightly --account ada
    """
    from orchestration.access.keys import revoke_key
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    with open_database(Settings()) as url:
        revoked = revoke_key(url, name, account)
    say(f"{revoked.name} ({revoked.hint}…) is revoked.")
