"""Lines of the collector's journal that could not be loaded: those that name a visitor, and their reasons."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path

REASONS = ".reasons"


@dataclass(frozen=True)
class Named:
    """A file of damaged lines, the day on which it was damaged, how many name the visitor, and what is left."""

    file: Path
    day: date
    lines: int
    left: list[tuple[str, str]]


def named_lines(folder: Path, words: Collection[str], site: str | None) -> list[Named]:
    """The files with lines that hold one of ``words``, as a whole word, and the name of ``site`` where one is given."""
    names = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words), re.IGNORECASE)
    found: list[Named] = []
    for file in sorted(path for path in folder.glob("*") if path.suffix != REASONS):
        pairs = list(zip_longest(lines(file), lines(reasons_of(file)), fillvalue=""))
        left = [pair for pair in pairs if not (names.search(" ".join(pair)) and (site is None or site in pair[0]))]
        if len(left) < len(pairs):
            set_aside = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
            found.append(Named(file, set_aside, len(pairs) - len(left), left))
    return found


def remove_lines(named: Named) -> None:
    """Write the files without those lines; without any, they go."""
    from serving.collector.journal_files import write_durably

    for number, file in enumerate((named.file, reasons_of(named.file))):
        if named.left:
            text = "".join(f"{pair[number]}\n" for pair in named.left)
            write_durably(file, text.encode("utf-8", "surrogateescape"))
        else:
            file.unlink(missing_ok=True)


def reasons_of(file: Path) -> Path:
    return file.with_name(f"{file.name}{REASONS}")


def lines(file: Path) -> list[str]:
    """Whatever the bytes are: they are written back as they were."""
    try:
        return file.read_bytes().decode("utf-8", "surrogateescape").split("\n")[:-1]
    except FileNotFoundError:
        return []
