"""The one way to a person's terminal: what is said there may quote strangers, and is text, whatever it holds."""

import typer

from orchestration.visible_text import visible_text


def say(line: str = "") -> None:
    """One line on standard output. A line break in it is shown, not obeyed: no value looks like a line of ours."""
    typer.echo(visible_text(line))


def complain(line: str) -> None:
    """One line on standard error, in Dogear's name."""
    typer.echo(f"dogear: {visible_text(line)}", err=True)
