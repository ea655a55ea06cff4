"""Front matter: YAML between ``---``, TOML between ``+++``, or a JSON object, at the head of a Markdown file."""

import re
from typing import Any

from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from orchestration.content.documents.structured_text import Format, parse
from orchestration.errors import DogearError


class TomlHandler(BaseHandler):
    """TOML as Hugo writes it. (The library's own handler needs a package that is no longer maintained.)"""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)


HANDLERS: dict[Format, BaseHandler] = {"YAML": YAMLHandler(), "TOML": TomlHandler(), "JSON": JSONHandler()}


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Return the front matter, in the types of JSON, and the body; no front matter is an empty one.

    Raises DogearError, in one line, if the front matter cannot be read.
    """
    text = text.removeprefix("\ufeff").strip()
    kind: Format | None = next((name for name, handler in HANDLERS.items() if handler.detect(text)), None)
    if kind is None:
        return {}, text
    try:
        written, body = HANDLERS[kind].split(text)
    except ValueError:
        raise DogearError(f"the front matter ({kind}) is opened but never closed") from None
    try:
        values = parse(kind, written)
    except DogearError as error:
        raise DogearError(f"the front matter is not {kind} that can be read: {error}") from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise DogearError(f"the front matter is not a list of names and values but {type(values).__name__}")
    return values, body.strip()
