"""The only way to print to a terminal: messages may quote strangers, and are always shown as plain text."""

import typer

from orchestration.visible_text import visible_text


def say(line: str = "") -> None:
    """Print one line on standard output. Line breaks in it are escaped, so that no value looks like a line of ours."""
    typer.echo(visible_text(line))


def complain(line: str) -> None:
    """Print one line on standard error, in Dogear's name."""
    typer.echo(f"dogear: {visible_text(line)}", err=True)
