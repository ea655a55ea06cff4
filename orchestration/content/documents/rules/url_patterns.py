"""Paths of URLs: their canonical form, and patterns such as ``/:year/:month/:slug/`` that make them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import unquote

from orchestration.content.documents.dates import NAMES, read_date
from orchestration.paths import normal_path, page_path

# The longest path that an index can hold, in any letters.
LONGEST_URL_PATH = 500
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
TOKEN = re.compile(r":(\w+)", re.ASCII)
DATED_NAME = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)", re.ASCII | re.DOTALL)
INDEX = {"index", "_index"}
# The tokens of gohugo.io/configuration/permalinks and jekyllrb.com/docs/permalinks, as formats of strftime.
DATE_TOKENS = {
    "year": "%Y",
    "short_year": "%y",
    "w_year": "%G",
    "week": "%V",
    "y_day": "%j",
    "month": "%m",
    "short_month": "%b",
    "long_month": "%B",
    "monthname": "%B",
    "day": "%d",
    "w_day": "%u",
    "weekday": "%w",
    "short_day": "%a",
    "long_day": "%A",
    "weekdayname": "%A",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
}


def canonical(written: str) -> str | None:
    """Return the path in the form in which it is compared with visits.

    None if it is too long, has control characters, or could lead out of the site.
    """
    return page_path(written) if is_sound(written) else None


def is_sound(written: str) -> bool:
    """Return whether the path of a URL may be taken from what somebody wrote."""
    if len(written) > 4 * LONGEST_URL_PATH or CONTROL.search(written):
        return False
    leads_out = any(unquote(part).strip() in {".", ".."} or "\\" in part for part in written.split("/"))
    return not leads_out and len(normal_path(written)) <= LONGEST_URL_PATH


def without_query(written: str) -> str:
    return written.partition("?")[0].partition("#")[0]


def expand(pattern: str, values: Mapping[str, str | None]) -> str | None:
    """Return the canonical path that ``pattern`` stands for; None if a token is unknown or has no value."""
    missing = len(pattern) > LONGEST_URL_PATH

    def value_of(token: re.Match[str]) -> str:
        nonlocal missing
        name, rest = longest_known(token[1], values)
        value = values.get(name)
        missing = missing or value is None
        return f"{value}{rest}"

    path = TOKEN.sub(value_of, pattern[:LONGEST_URL_PATH])
    return None if missing else canonical(path)


def longest_known(word: str, known: Mapping[str, object]) -> tuple[str, str]:
    """Return ``word`` as a token and the rest after it: in ``:year_:month`` the first is ``year``."""
    name = word
    while name not in known and "_" in name:
        name = name.rpartition("_")[0]
    return name, word[len(name) :]


def date_values(at: datetime | None) -> dict[str, str | None]:
    """Return the tokens of a date; each is None without one."""
    if at is None:
        return dict.fromkeys([*DATE_TOKENS, "i_month", "i_day", "yearday"])
    formatted: dict[str, str | None] = {name: at.strftime(code) for name, code in DATE_TOKENS.items()}
    return formatted | {"i_month": str(at.month), "i_day": str(at.day), "yearday": str(at.timetuple().tm_yday)}


def slugify(text: str, kept: str = "", cased: bool = False) -> str | None:
    """Return letters, marks, digits, and those ``kept``, a hyphen for each run of others; None if none are left."""
    spaced = "".join(c if c in kept or is_word(c) else " " for c in text[: 2 * LONGEST_URL_PATH])
    slug = "-".join(spaced.split())
    return (slug if cased else slug.lower()) or None


def is_word(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] in "LM" or kind == "Nd"


def split_date(name: str) -> tuple[datetime | None, str]:
    """Return UTC midnight of the date at the start of a file's name, and the rest of the name."""
    dated = DATED_NAME.fullmatch(name)
    if dated is None:
        return None, name
    try:
        return datetime(int(dated[1]), int(dated[2]), int(dated[3]), tzinfo=UTC), dated[4]
    except ValueError:
        return None, name


def stem_of(name: str) -> str:
    """Return the name of a file without its last extension."""
    return name.rpartition(".")[0] or name


def written_text(front_matter: Mapping[str, Any], name: str) -> str | None:
    """Return the value as text without space around it, if it is a text or a number."""
    value = front_matter.get(name)
    text = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    return text or None


def written_slug(front_matter: Mapping[str, Any]) -> str | None:
    """Return ``slug``, where it can be one part of a path."""
    slug = written_text(front_matter, "slug")
    is_part = slug and not re.search(r"[/?#]", slug) and canonical(slug)
    return slug if is_part else None


def written_date(front_matter: Mapping[str, Any], zone: tzinfo | None) -> datetime | None:
    """Return the date as readers of the site see it: in ``zone``, or as written; UTC would shift some by a day."""
    for name in NAMES:
        if written := written_text(front_matter, name):
            at = read_date(written)
            try:
                return at.astimezone(zone) if at and zone and at.tzinfo else at
            except (ValueError, OverflowError):
                return None
    return None


def file_url(path: str, slug: str | None = None) -> str:
    """Return the path of the file without extension and ``index``; ``slug`` stands for its last part."""
    *folders, name = path.split("/")
    parts = folders if stem_of(name) in INDEX else [*folders, stem_of(name)]
    if slug and parts:
        return f"/{'/'.join([*parts[:-1], slug])}"
    return f"/{'/'.join(parts)}"


def longest_prefix(path: str, folders: Sequence[str]) -> str | None:
    """Return the longest of ``folders`` in which ``path`` lies; "" holds all."""
    fitting = [folder for folder in folders if not folder or path == folder or path.startswith(f"{folder}/")]
    return max(fitting, key=len, default=None)
