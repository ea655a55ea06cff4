"""Lines of the collector's journal that could not be loaded: those that name a visitor, and their reasons."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import msgspec

REASONS = ".reasons"


@dataclass(frozen=True)
class Named:
    """A file of damaged lines, the day on which it was damaged, how many name the visitor, and what is left."""

    file: Path
    day: date
    lines: int
    left: list[tuple[str, str]]


def named_lines(folder: Path, words: Collection[str], site: str | None) -> list[Named]:
    """Return the files with lines that name the visitor by one of ``words``, on ``site`` where one is given."""
    wanted = Wanted(words, site)
    found: list[Named] = []
    for file in sorted(path for path in folder.glob("*") if path.suffix != REASONS):
        pairs = list(zip_longest(lines(file), lines(reasons_of(file)), fillvalue=""))
        left = [pair for pair in pairs if not wanted.is_in(*pair)]
        if len(left) < len(pairs):
            set_aside = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
            found.append(Named(file, set_aside, len(pairs) - len(left), left))
    return found


class Wanted:
    """A visitor, as a line may name one.

    In a line that can be read, a whole text, or a number in a field of ids, must be the id; the excerpt of a refused
    event must hold the id as a whole word, as in ``raw.rejected_events``. In any other line, the id is searched as a
    whole word anywhere, in the reason too: better to delete one line too many than one too few.
    """

    def __init__(self, words: Collection[str], site: str | None) -> None:
        self._ids = set(words)
        self._site = site
        self._word = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?![\w-])" for word in words), re.IGNORECASE)

    def is_in(self, line: str, reason: str) -> bool:
        try:
            said = msgspec.json.decode(line.encode("utf-8", "surrogateescape"), type=dict[str, Any])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return bool(self._word.search(f"{line} {reason}")) and (self._site is None or self._site in line)
        if self._site not in (None, said.get("site")):
            return False
        refused = " ".join(texts(said.pop("rejected", None)))
        return bool(self._word.search(refused)) or not self._ids.isdisjoint(texts(said))


def texts(value: Any, name: str = "") -> Iterator[str]:
    """Yield each text below; of numbers those in fields of ids."""
    if isinstance(value, dict):
        for field, below in value.items():
            yield from texts(below, field)
    elif isinstance(value, list):
        for below in value:
            yield from texts(below, name)
    elif isinstance(value, str) or (isinstance(value, int) and name.endswith("_id")):
        yield str(value)


def remove_lines(named: Named) -> None:
    """Write the files without those lines; without any, they go."""
    from orchestration.events.journal.journal_files import write_durably

    for number, file in enumerate((named.file, reasons_of(named.file))):
        if named.left:
            text = "".join(f"{pair[number]}\n" for pair in named.left)
            write_durably(file, text.encode("utf-8", "surrogateescape"))
        else:
            file.unlink(missing_ok=True)


def reasons_of(file: Path) -> Path:
    return file.with_name(f"{file.name}{REASONS}")


def lines(file: Path) -> list[str]:
    """Return the lines; bytes that are not UTF-8 survive, so that they are written back as they were."""
    try:
        return file.read_bytes().decode("utf-8", "surrogateescape").split("\n")[:-1]
    except FileNotFoundError:
        return []
