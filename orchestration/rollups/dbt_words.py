"""What a command line of dbt, written by a person, asks for."""

from collections.abc import Sequence

WRITING = {"build", "run", "seed", "snapshot", "run-operation", "retry", "clone"}
READING = {"clean", "compile", "debug", "deps", "docs", "init", "list", "ls", "parse", "show", "source", "test"}


def command_of(arguments: Sequence[str]) -> str:
    """The command: the first word that is one, since a model may be called so, too; empty where there is none."""
    return next((word for word in arguments if word in WRITING | READING), "")
