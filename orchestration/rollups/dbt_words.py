"""What a command line of dbt, written by a person, asks for."""

from collections.abc import Sequence

WRITING = {"build", "run", "seed", "snapshot", "run-operation", "retry", "clone"}
READING = {"clean", "compile", "debug", "deps", "docs", "init", "list", "ls", "parse", "show", "source", "test"}
# Options before the command that take the next word, which may look like a command: --log-level debug.
WITH_VALUE = {
    *("--log-level", "--log-level-file", "--log-format", "--log-format-file", "--log-path", "--log-file-max-bytes"),
    *("--printer-width", "--profile", "--profiles-dir", "--project-dir", "--target", "-t", "--target-path", "--state"),
    *("--defer-state", "--record-timing-info", "-r", "--partial-parse-file-path", "--warn-error-options", "--vars"),
    *("--indirect-selection", "--threads"),
}


def value_of(arguments: Sequence[str], *names: str) -> str | None:
    """Return the value of an option with these names, the next word or the text behind =; None if it is missing."""
    for word, after in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else after
    return None


def command_of(arguments: Sequence[str]) -> str:
    """Return the command: the first word that is one, since a model may have that name too; empty if there is none."""
    pairs = zip(["", *arguments], arguments, strict=False)
    return next((word for before, word in pairs if before not in WITH_VALUE and word in WRITING | READING), "")
