"""Markdown without its marks, for search and for telling its language."""

import re

LONGEST = 500_000
CODE_BLOCK = re.compile(r"^(```|~~~).*?^\1[`~]*[ \t]*$", re.MULTILINE | re.DOTALL)
# The parts are bounded: what is hostile takes no longer than what is long.
LINK = re.compile(r"!?\[([^\]\[\n]{0,500})\]\([^)\n]{0,1000}\)")
TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
MARKS = str.maketrans(dict.fromkeys("*_`#>|~", " "))


def plain_text(markdown: str) -> str:
    """The words of a document, on one line; what links and code say stays."""
    text = TAG.sub(" ", LINK.sub(r"\1", markdown[:LONGEST]))
    return " ".join(text.translate(MARKS).split())


def prose(markdown: str) -> str:
    """The same without code, of the start of a document: what is written in a language of people."""
    return plain_text(CODE_BLOCK.sub(" ", markdown[:3_000]))
