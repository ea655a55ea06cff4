"""YAML, TOML and JSON of strangers as values: front matter, and configurations of generators.

A few characters can mean a lot of work for a parser: aliases of YAML double with each line, and tomllib compares each
part of a dotted name with all parts before it. Such texts are refused before they are parsed.
"""

import json
import math
import re
import tomllib
from datetime import date, datetime
from typing import Any, Literal

import yaml

from orchestration.errors import DogearError

Format = Literal["YAML", "TOML", "JSON"]
# PyYAML's time for 1:1:1… (a number to the base of 60) grows with the square of the length: with this bound, a second.
LONGEST = 128 * 1024
LONGEST_NUMBER = 1024
DEEPEST = 100
# Hugo's configuration has five.
MOST_PARTS_OF_A_NAME = 20
# Of TOML, in the order in which tomllib finds them; an unclosed one ends the parse there.
STRING_OR_COMMENT = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"{3,5}|\Z)'
    r"|'''.*?(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
LONG_NAME = re.compile(rf"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){{{MOST_PARTS_OF_A_NAME}}}")
# PyYAML's constructors raise any error: `!!int ""` is an IndexError, `!!bool x` a KeyError.
UNREADABLE = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError)


def parse(kind: Format, written: str) -> Any:
    """Return the value of ``written``, in the types of JSON; dates become ISO 8601 text.

    Raises DogearError, in one line, if it cannot be read.
    """
    if len(written) > LONGEST:
        raise DogearError(f"it is longer than {LONGEST:,} characters")
    try:
        return as_json(load(kind, written))
    except RecursionError:
        raise DogearError("it is nested too deeply") from None
    except UNREADABLE as error:
        raise DogearError(in_one_line(error)) from None


def load(kind: Format, written: str) -> object:
    if kind == "YAML":
        refuse_yaml(written)
        return yaml.load(written, Loader=yaml.CSafeLoader)
    if kind == "TOML":
        refuse_toml(written)
        return tomllib.loads(written)
    return json.loads(written)


def refuse_yaml(written: str) -> None:
    """Raise YAMLError for aliases, since a few lines of them can stand for more than any memory holds.

    Raises RecursionError for values that are nested too deeply.
    """
    # Each level needs one of these marks, each alias a star: nearly all front matter needs no second look.
    if "*" not in written and sum(map(written.count, "[{-:?")) <= DEEPEST:
        return
    depth = 0
    for event in yaml.parse(written, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not read", problem_mark=event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise RecursionError


def refuse_toml(written: str) -> None:
    """Raise ValueError for a name, of a value or in the head of a table, of more parts than anybody writes."""
    if written.count(".") >= MOST_PARTS_OF_A_NAME and LONG_NAME.search(STRING_OR_COMMENT.sub("s", written)):
        raise ValueError(f"a name of more than {MOST_PARTS_OF_A_NAME} parts")


def as_json(value: object, depth: int = 0) -> Any:
    """Return ``value`` in types of JSON that a database can hold. Raises ValueError, RecursionError."""
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        return {str(as_json(key, depth + 1)): as_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [as_json(item, depth + 1) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
        raise ValueError(f"a number of more than {LONGEST_NUMBER} bits")
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return clean_text(str(value))


def clean_text(text: str) -> str:
    """Return it without NUL, and with U+FFFD for halves of surrogate pairs: PostgreSQL's text holds neither."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def in_one_line(error: Exception) -> str:
    """Return what the parser says, with the line where it says so."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem or error.context} (line {error.problem_mark.line + 1} of the file)"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} (line {error.lineno} of the file)"
    return " ".join(str(error).split())
