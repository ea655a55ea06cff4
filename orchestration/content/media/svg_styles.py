"""CSS of strangers: does it load anything from elsewhere? Parsed by https://www.w3.org/TR/css-syntax-3/."""

import re

from orchestration.content.media.svg_names import AT_RULES, FUNCTIONS
from orchestration.errors import DogearError

# Embedded photographs would keep the metadata of their camera.
WITHIN = re.compile(r"\s*(#|data:\s*(image/(png|gif)|font/|application/(x-)?font)|$)", re.I)
STRING = r"\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?"
# In this order, from left to right: a comment or a string calls no function, and a URL may look like both.
TOKEN = re.compile(
    rf"/\*.*?(?:\*/|\Z)|{STRING}|url\(\s*+(?P<target>{STRING}|[^)\"'\\]*+)\s*+(?P<closed>\)|\Z)?"
    r"|(?P<name>@?[\w-]++)(?P<calls>\()?|(?P<escape>\\)",
    re.I | re.S,
)
NEWLINE = re.compile(r"\r\n?|\f")


def refuse_css(css: str) -> None:
    """Raise DogearError if a style, or a value, may load something."""
    if "(" not in css and "@" not in css and "\\" not in css:
        return
    css = NEWLINE.sub("\n", css)
    for token in TOKEN.finditer(css):
        if not is_harmless(token):
            raise DogearError(f"its style refers to {css[token.start() :][:80]!r}, outside of it")


def is_harmless(token: re.Match[str]) -> bool:
    """Return whether a token loads nothing. An escape could spell anything; nobody needs one outside of a string."""
    target, name = token["target"], token["name"]
    if target is not None:
        return token["closed"] is not None and "\\" not in target and WITHIN.match(target.strip("\"'")) is not None
    if name is not None and name.startswith("@"):
        return name.lower() in AT_RULES
    return token["escape"] is None and (token["calls"] is None or (name or "").lower() in FUNCTIONS)
