"""The ``dogear`` command. Each command imports what it needs when it runs, so that ``--help`` is instant."""

import errno
import gc
import logging
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from orchestration.cli.account import app as account
from orchestration.cli.analyst import app as analyst
from orchestration.cli.analytics import analytics
from orchestration.cli.build import build
from orchestration.cli.collect import collect
from orchestration.cli.duckdb_shell import duckdb_shell
from orchestration.cli.erase import erase
from orchestration.cli.goal import app as goal
from orchestration.cli.import_files import import_files
from orchestration.cli.import_legacy import import_legacy
from orchestration.cli.key import app as key
from orchestration.cli.lake import app as lake
from orchestration.cli.notifications import app as notifications
from orchestration.cli.programs import dbt, psql
from orchestration.cli.serve import serve
from orchestration.cli.session_gap import session_gap
from orchestration.cli.site import app as site
from orchestration.cli.sync import sync
from orchestration.cli.up import up
from orchestration.errors import DogearError
from orchestration.terminal import complain, say

INTERRUPTED = 130
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, *NO_ROOM}
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False}

app = typer.Typer(
    name="dogear",
    help="Shows people what readers do with what they write: Markdown in Git and visits in, trusted tables out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def say_version(is_wanted: bool) -> None:
    if is_wanted:
        say(f"dogear {version('dogear')}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Read the options before a command."""


app.command()(up)
app.command()(collect)
app.command()(serve)
app.command("import")(import_files)
app.command("import-legacy")(import_legacy)
app.add_typer(site, name="site")
app.add_typer(goal, name="goal")
app.command("session-gap")(session_gap)
app.command()(sync)
app.command()(build)
app.command()(analytics)
app.add_typer(lake, name="lake")
app.command("duckdb")(duckdb_shell)
app.command()(erase)
app.add_typer(notifications, name="notifications")
app.add_typer(account, name="account")
app.add_typer(key, name="key")
app.add_typer(analyst, name="analyst")
app.command(context_settings=PASS_ON)(psql)
app.command(context_settings=PASS_ON)(dbt)


def environment_name(location: tuple[int | str, ...]) -> str:
    """Return the name of the variable that holds a setting."""
    return "DATABASE_URL" if location[0] == "DATABASE_URL" else f"DOGEAR_{location[0]}".upper()


def with_place_of_full_disk(said: str) -> str:
    """Return the message, with the disk to make room on if one is full and the message does not name it."""
    from orchestration.resources.full_disk import is_full, where_to_make_room
    from orchestration.settings import Settings

    # For a lake or the storage of images, which may be elsewhere, the message names the place.
    if not is_full(said) or "with room" in said:
        return said
    folders = [Settings().home.expanduser().resolve(), Path(os.environ.get("TMPDIR", "/tmp"))]  # noqa: S108 - it is looked at
    return f"{said} {where_to_make_room(said, folders)}"


def main() -> None:
    """Run the command; print an error that a person can act on as one line, without a traceback."""
    # Commands are short, and most of their objects are modules that stay: collecting garbage would cost a tenth.
    gc.set_threshold(100_000, 50, 50)
    # Only our user can read the files that we and our child processes write.
    os.umask(0o077)
    # A log that cannot be written on a full disk must not hide the first error.
    logging.raiseExceptions = False
    # The signal of a service manager ends a command in order, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except DogearError as error:
        complain(with_place_of_full_disk(str(error)))
        sys.exit(1)
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        said = with_place_of_full_disk(f"{error.filename or 'A file'} cannot be used: {error.strerror}.")
        complain(said if error.errno in NO_ROOM else f"{said} Let our user read and write there.")
        sys.exit(1)
    except ValidationError as error:
        for problem in error.errors():
            complain(f"{environment_name(problem['loc'])}: {problem['msg'].removeprefix('Value error, ')}.")
        sys.exit(1)
    except Exception as error:
        from orchestration.resources.server_faults import server_fault

        if (fault := server_fault(error)) is None:
            raise
        complain(fault)
        sys.exit(1)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            complain("interrupted; unfinished work was rolled back.")
        raise
    finally:
        # The system frees the memory with the process; freeing objects one by one would take a second.
        gc.freeze()


if __name__ == "__main__":
    main()
