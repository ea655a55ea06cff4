"""``dogear notifications``: notifications for owners and accounts, and the channels by which they are sent."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from orchestration.terminal import say

if TYPE_CHECKING:
    from orchestration.settings import Settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
channel = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(channel, name="channel")

SiteOption = Annotated[str | None, typer.Option(help="A site of the owner (default: the only one, or DOGEAR_SITE).")]
OwnerOption = Annotated[str | None, typer.Option(help="The owner, in place of the site's.")]
AccountOption = Annotated[str | None, typer.Option(help="An account, in place of the owner.")]


def owner(settings: "Settings", database_url: str, site: str | None, user_code: str | None) -> str:
    from orchestration.content.sites import find_site

    return user_code or find_site(database_url, site or settings.site).user_code


@app.callback()
def notifications() -> None:
    """Notifications of likes, comments and shares, for owners and accounts.

    \b
    Examples:
      dogear notifications list --unread
      dogear notifications read --all
      dogear notifications channel add email ada@example.org
    """


@app.command("list")
def list_notifications(
    unread: Annotated[bool, typer.Option("--unread", help="Only those that were not read.")] = False,
    site: SiteOption = None,
    user_code: OwnerOption = None,
    account: AccountOption = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
) -> None:
    """List notifications, the newest first.

    \b
    Examples:
      dogear notifications list
      dogear notifications list --unread --site example.org
      dogear notifications list --user-code ada --account 4711
    """
    from orchestration.notifications.inbox import inbox
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as url:
        whose = owner(settings, url, site, user_code)
        rows = inbox(url, whose, account, site=site, unread=unread, most=most)
    for row in rows:
        state = "read" if row.is_read else "new"
        say(f"{row.notification_id}  {row.created_at:%Y-%m-%d %H:%M}  {state}  {row.site or 'Dogear'}")
        say(f"  {row.title}")
        if row.action_url:
            say(f"  {row.action_url}")
    if not rows:
        say(f"There is nothing {'new ' if unread else ''}for {account or whose}.")


@app.command()
def read(
    notification_id: Annotated[UUID | None, typer.Argument(help="Its id, as the list shows it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of the owner, or of the account.")] = False,
    site: SiteOption = None,
    user_code: OwnerOption = None,
    account: AccountOption = None,
) -> None:
    """Mark a notification as read, or all of them.

    \b
    Examples:
      dogear notifications read 6f1c2d34-5a6b-4c7d-8e9f-0a1b2c3d4e5f
      dogear notifications read --all --user-code ada
    """
    from orchestration.errors import DogearError
    from orchestration.notifications.inbox import mark_read
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    if (notification_id is None) != everything:
        raise DogearError("Say which: the id of a notification, or --all.")
    settings = Settings()
    with open_database(settings) as url:
        count = mark_read(url, owner(settings, url, site, user_code), notification_id, account)
    say(f"{count} marked as read.")


@channel.callback()
def channels() -> None:
    """Channels of an owner: in the application, by e-mail, by webhook.

    \b
    Examples:
      dogear notifications channel add email ada@example.org
      dogear notifications channel list
      dogear notifications channel remove email
    """


@channel.command()
def add(
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help="in_app, email or webhook.")],
    address: Annotated[str | None, typer.Argument(help="The owner's e-mail address, or the webhook's URL.")] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", help="Only like, comment, reply, share or run_failed; may be given repeatedly."),
    ] = None,
    site: SiteOption = None,
    user_code: OwnerOption = None,
) -> None:
    """Add a channel of an owner, or change it.

    \b
    Examples:
      dogear notifications channel add email ada@example.org --type comment
      dogear notifications channel add webhook https://example.org/hooks/notifications --user-code ada
      dogear notifications channel add in_app --type comment --type share
    """
    from orchestration.notifications.channels import NEEDED, add_channel, usable_channels
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as url:
        whose = owner(settings, url, site, user_code)
        add_channel(url, whose, name, address, types or [])
    say(f"{whose} is notified by {name}.")
    usable, problems = usable_channels(settings)
    if name in NEEDED and name not in usable:
        say(" ".join(problems) or f"Nothing is sent by it before {NEEDED[name]} is set.")


@channel.command("list")
def list_channels(site: SiteOption = None, user_code: OwnerOption = None) -> None:
    """List the channels of an owner, with the types that each has.

    \b
    Example:
      dogear notifications channel list --user-code ada
    """
    from orchestration.notifications.channels import channels_of
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as url:
        for configured in channels_of(url, owner(settings, url, site, user_code)):
            say(str(configured))


@channel.command()
def remove(
    name: Annotated[str, typer.Argument(metavar="CHANNEL", help="in_app, email or webhook.")],
    site: SiteOption = None,
    user_code: OwnerOption = None,
) -> None:
    """Remove a channel of an owner; unsent notifications are not sent by it. in_app then has all types again.

    \b
    Example:
      dogear notifications channel remove email --user-code ada
    """
    from orchestration.notifications.channels import remove_channel
    from orchestration.resources.database import open_database
    from orchestration.settings import Settings

    settings = Settings()
    with open_database(settings) as url:
        whose = owner(settings, url, site, user_code)
        remove_channel(url, whose, name)
    say(f"{whose} is no longer notified by {name}.")
