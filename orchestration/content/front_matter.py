"""Front matter: YAML between ``---``, TOML between ``+++``, or a JSON object, at the head of a Markdown file."""

import json
import math
import re
import tomllib
from datetime import date, datetime
from typing import Any

import yaml
from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from orchestration.errors import DogearError

LONGEST_FRONT_MATTER = 64 * 1024
LONGEST_NUMBER = 1024
DEEPEST = 100


def check_yaml(written: str) -> None:
    """Raises YAMLError for aliases, since a few lines of them can stand for more than any memory holds.

    Raises RecursionError for what is nested too deeply.
    """
    # Each level needs one of these marks, each alias a star: nearly all front matter need not be looked at twice.
    if "*" not in written and sum(map(written.count, "[{-:?")) <= DEEPEST:
        return
    depth = 0
    for event in yaml.parse(written, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not read", problem_mark=event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError


class TomlHandler(BaseHandler):
    """TOML as Hugo writes it. (The library's own handler needs a package that is no longer kept.)"""

    FM_BOUNDARY = re.compile(r"^\+{3,}\s*$", re.MULTILINE)

    def load(self, fm: str) -> dict[str, Any]:
        return tomllib.loads(fm)


HANDLERS: dict[str, BaseHandler] = {"YAML": YAMLHandler(), "TOML": TomlHandler(), "JSON": JSONHandler()}


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The front matter, as values that JSON can hold, and the body; no front matter is an empty one.

    Dates become ISO 8601 text. Raises DogearError, in one line, where the front matter cannot be read.
    """
    text = text.removeprefix("\ufeff").strip()
    kind = next((name for name, handler in HANDLERS.items() if handler.detect(text)), None)
    if kind is None:
        return {}, text
    try:
        written, body = HANDLERS[kind].split(text)
    except ValueError:
        raise DogearError(f"the front matter ({kind}) is opened but never closed") from None
    if len(written) > LONGEST_FRONT_MATTER:
        raise DogearError(f"the front matter is longer than {LONGEST_FRONT_MATTER:,} characters")
    try:
        values = load(kind, written)
        # Through JSON and back: what comes out is what a database can hold, or nothing does.
        values = as_json(values)
    except RecursionError:
        raise DogearError(f"the front matter is not {kind} that can be read: it is nested too deeply") from None
    # PyYAML's constructors raise whatever comes: `!!int ""` is an IndexError, `!!bool x` a KeyError.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise DogearError(f"the front matter is not {kind}: {in_one_line(error)}") from None
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise DogearError(f"the front matter is not a list of names and values but {type(values).__name__}")
    return values, body.strip()


def load(kind: str, written: str) -> object:
    handler = HANDLERS[kind]
    if isinstance(handler, YAMLHandler):
        check_yaml(written)
        return handler.load(written, Loader=yaml.CSafeLoader)
    return handler.load(written)


def as_json(value: object) -> Any:
    """``value`` in the types of JSON; text without what PostgreSQL's text cannot hold."""
    if isinstance(value, dict):
        return {str(as_json(key)): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [as_json(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
        raise ValueError(f"a number of more than {LONGEST_NUMBER} bits")
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return clean_text(str(value))


def clean_text(text: str) -> str:
    """Without NUL, and with U+FFFD for halves of surrogate pairs: PostgreSQL's text holds neither."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def in_one_line(error: Exception) -> str:
    """What the parser says, with the line of the front matter where it says so."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem or error.context} (line {error.problem_mark.line + 1} of the file)"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (line {error.lineno} of the file)"
    return " ".join(str(error).split())
