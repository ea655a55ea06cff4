"""Read configuration that others wrote: TOML, YAML and JSON of generators, which may be broken or hostile."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from orchestration.content.documents.structured_text import parse
from orchestration.errors import DogearError

Read = Callable[[str], bytes | None]
Config = Mapping[str, Any]


def find_config(read: Read, names: Iterable[str], any_case: bool = False) -> Config | None:
    """Return the values of the first existing file of ``names``; empty if it is broken, None if there is none.

    With ``any_case``, names of values are in lower case.
    """
    for name in names:
        data = read(name)
        if data is not None:
            try:
                values = parse_config(name, data)
                return with_lower_names(values) if any_case else values
            except DogearError:
                return {}
    return None


def parse_config(name: str, data: bytes) -> Config:
    """Return the values of a file in the format of its extension. Raises DogearError if it cannot be read."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DogearError(f"it is not UTF-8: byte {data[error.start]:#04x} at offset {error.start:,}") from None
    values = parse("TOML" if name.endswith(".toml") else "JSON" if name.endswith(".json") else "YAML", text)
    if values is not None and not isinstance(values, dict):
        raise DogearError("it is not a list of names and values")
    return values or {}


def with_lower_names(values: Any) -> Any:
    """Return ``values`` with names in lower case at all levels: ``baseURL`` and ``baseurl`` are the same to Hugo."""
    if isinstance(values, dict):
        return {str(name).lower(): with_lower_names(value) for name, value in values.items()}
    return [with_lower_names(value) for value in values] if isinstance(values, list) else values


def table_at(config: Config, name: str) -> Config:
    """Return the table of that name; an empty one where there is none."""
    value = config.get(name)
    return value if isinstance(value, dict) else {}


def text_at(config: Config, name: str) -> str | None:
    """Return the text of that name; None for an empty one and for anything else."""
    value = config.get(name)
    return value.strip() or None if isinstance(value, str) else None


def texts_in(value: object) -> list[str]:
    """Return ``value`` as a list of texts, from one or several; other values are skipped."""
    values = value if isinstance(value, list) else [value]
    return [item.strip() for item in values if isinstance(item, str) and item.strip()]


def base_path(url: str | None) -> str:
    """Return the path below which a site is served, from a URL or path; "" for the root, and for unreadable text."""
    try:
        path = posixpath.normpath(urlsplit(url or "").path or "/")
    except ValueError:
        return ""
    is_sound = path.startswith("/") and not re.search(r"[\\\x00-\x1f\x7f]", path) and len(path) <= 200
    return path.rstrip("/") if is_sound and path != "//" else ""


def folder_below(written: str) -> str | None:
    """Return ``written`` as the path of a folder below the site's, "" for that itself; None if it leaves it."""
    folder = posixpath.normpath(written)
    if folder.startswith(("/", "..")) or re.search(r"[\\\x00-\x1f\x7f]|^[A-Za-z]:", folder) or len(folder) > 500:
        return None
    return "" if folder == "." else folder
