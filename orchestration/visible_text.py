"""Text of strangers, made safe to show on a terminal, in a log, in a mail."""

import unicodedata

# Control characters, line breaks, and those that change how others are read: bidi overrides, what has no width.
OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Persian and emoji need them, and they control nothing.
JOINERS = {"\u200c", "\u200d"}


def visible_text(text: str) -> str:
    """Return ``text`` in one line, with invisible control characters escaped as ``\\x1b`` and the like."""
    if text.isprintable():
        return text
    return "".join(map(visible_character, text))


def visible_character(character: str) -> str:
    if unicodedata.category(character) not in OBEYED or character in JOINERS:
        return character
    return character.encode("unicode_escape").decode()
