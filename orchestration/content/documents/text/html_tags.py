"""The tags of HTML within Markdown.

With expressions of our own: html.parser does not say where an attribute stands, and takes quadratic time on broken HTML
in Python 3.11 as many have it.
"""

import re
from html import unescape

# Whatever is not closed runs to the end, so that nothing is searched twice.
TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[!?][^>]*+>?"
    r"|<(script|style)\b.*?(?:</\1\s*>|\Z)"
    r"|<(?P<closes>/?)(?P<name>[a-z][a-z0-9-]*+)(?P<attributes>(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+)>",
    re.IGNORECASE | re.DOTALL,
)
ATTRIBUTE = re.compile(r"(?<![\w-])([a-z-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>=`]++))", re.IGNORECASE)
# Tags within a line of text; all others end it.
WITHIN_A_LINE = frozenset(
    [
        *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd"),
        *("mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    ]
)
CELLS = frozenset({"td", "th"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def attributes_of(tag: re.Match[str]) -> dict[str, tuple[str, int]]:
    """Values by name, without space around them, and where in the searched text each begins."""
    found: dict[str, tuple[str, int]] = {}
    for attribute in ATTRIBUTE.finditer(tag["attributes"]):
        number = attribute.lastindex or 2
        value = attribute[number]
        start = tag.start("attributes") + attribute.start(number) + len(value) - len(value.lstrip())
        found.setdefault(attribute[1].lower(), (unescape(value).strip(), start))
    return found
