"""Text of strangers, made fit to be shown: on a terminal, in a log, in a mail."""

import unicodedata

# Control characters, line breaks, and those that change how others are read: bidi overrides, what has no width.
OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Persian and emoji need them, and nothing obeys them.
JOINERS = {"\u200c", "\u200d"}


def visible_text(text: str) -> str:
    """``text`` in one line, with ``\\x1b`` and the like for each character that would be obeyed and not be seen."""
    if text.isprintable():
        return text
    return "".join(map(visible_character, text))


def visible_character(character: str) -> str:
    if unicodedata.category(character) not in OBEYED or character in JOINERS:
        return character
    return character.encode("unicode_escape").decode()
