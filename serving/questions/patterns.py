"""Regular expressions that may be asked for: a part of RE2's that means the same in every engine, and takes no time.

Back references, and looking ahead or behind, are what makes engines try exponentially many ways: they are refused. The
number of states is bounded, since ``(a{1,100}){1,100}`` has ten thousand.
https://github.com/google/re2/wiki/Syntax
"""

import re

LONGEST, DEEPEST = 300, 20
MOST_REPEATED, MOST_STATES = 100, 2_000
# Engines mean other letters by these.
CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \t\n\r\f\v"}
SPECIAL = frozenset(r"\.+*?()|[]{}^$")
COUNTED = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")


class PatternError(Exception):
    """The sentence says what may not be in a pattern."""


def portable(pattern: str) -> str:
    """Return a pattern as all engines read it. Raises PatternError."""
    if len(pattern) > LONGEST:
        raise PatternError(f"A pattern has at most {LONGEST} characters.")
    reader = _Reader(pattern)
    text, states = reader.alternatives(0)
    if reader.at < len(pattern):
        raise PatternError("A closing bracket has no opening one.")
    if states > MOST_STATES:
        raise PatternError("Its counted repetitions multiply to too much.")
    return text


class _Reader:
    """Reads one pattern from left to right; each method returns what it has read, and how many states that has."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    def _next(self) -> str:
        return self._pattern[self.at : self.at + 1]

    def _take(self) -> str:
        taken = self._next()
        self.at += 1
        if not taken:
            raise PatternError("It ends too early.")
        return taken

    def alternatives(self, depth: int) -> tuple[str, int]:
        if depth > DEEPEST:
            raise PatternError(f"Brackets are at most {DEEPEST} deep.")
        texts, states = [""], 1
        while self._next() not in {"", ")"}:
            if self._next() == "|":
                self.at += 1
                texts.append("")
                continue
            text, size = self._repeated(depth)
            texts[-1] += text
            states += size
        # An empty alternative fits everywhere, and engines write it in other ways.
        if len(texts) > 1 and "" in texts:
            raise PatternError("An alternative is empty.")
        return "|".join(texts), states

    def _repeated(self, depth: int) -> tuple[str, int]:
        text, states, is_anchor = self._one(depth)
        if self._next() not in {"*", "+", "?", "{"}:
            return text, states
        if is_anchor:
            raise PatternError("The beginning or the end of a text cannot be repeated.")
        quantifier, times = self._quantifier()
        # Lazy or not, the same texts fit.
        if self._next() == "?":
            self.at += 1
        if self._next() in {"*", "+", "?", "{"}:
            raise PatternError("A repetition is repeated.")
        return text + quantifier, states * times

    def _quantifier(self) -> tuple[str, int]:
        if (sign := self._next()) != "{":
            self.at += 1
            return sign, 1
        found = COUNTED.match(self._pattern, self.at)
        if not found:
            raise PatternError("Write a { that is meant as \\{.")
        self.at = found.end()
        least, most = int(found[1]), int(found[3] or found[1])
        if not least <= most <= MOST_REPEATED:
            raise PatternError(f"Something is repeated at most {MOST_REPEATED} times.")
        return found[0], max(most, 1)

    def _one(self, depth: int) -> tuple[str, int, bool]:
        sign = self._take()
        if sign in {"^", "$"}:
            return sign, 1, True
        if sign == "(":
            return self._group(depth), self._states, False
        if sign == "[":
            return self._bracket(), 1, False
        if sign == "\\":
            return self._escaped(), 1, False
        if sign in {"*", "+", "?", "{"}:
            raise PatternError("There is nothing to repeat.")
        if sign in {"]", "}"}:
            return f"\\{sign}", 1, False
        return sign, 1, False

    def _group(self, depth: int) -> str:
        if self._next() == "?":
            if self._pattern[self.at : self.at + 2] != "?:":
                raise PatternError("Of brackets with (?, only (?: is known.")
            self.at += 2
        text, self._states = self.alternatives(depth + 1)
        if self._take() != ")" or not text:
            raise PatternError("A bracket holds nothing, or is not closed.")
        return f"(?:{text})"

    def _escaped(self) -> str:
        sign = self._take()
        if sign.lower() in CLASSES:
            return f"[{'^' if sign.isupper() else ''}{CLASSES[sign.lower()]}]"
        if sign in SPECIAL or (sign.isascii() and not sign.isalnum() and sign.isprintable()):
            return f"\\{sign}" if sign in SPECIAL else sign
        raise PatternError(f"Of escapes, those of {' '.join(sorted(SPECIAL))} and \\d \\w \\s are known.")

    def _bracket(self) -> str:
        negated = self._next() == "^"
        self.at += negated
        parts: list[str] = []
        while (sign := self._take()) != "]":
            first = self._of_bracket(sign)
            if len(first) <= 2 and self._next() == "-" and self._pattern[self.at + 1 : self.at + 2] not in {"]", ""}:
                self.at += 1
                last = self._of_bracket(self._take())
                if len(last) > 2 or last[-1] < first[-1]:
                    raise PatternError("A range in square brackets goes from a lower to a higher character.")
                first += f"-{last}"
            parts.append(first)
        if not parts:
            raise PatternError("Square brackets hold nothing.")
        return f"[{'^' if negated else ''}{''.join(parts)}]"

    def _of_bracket(self, sign: str) -> str:
        if sign == "\\":
            sign = self._take()
            if sign in CLASSES:
                return CLASSES[sign]
            if sign.isalnum():
                raise PatternError("In square brackets, the escapes \\d \\w \\s are known.")
        elif sign == "[" and self._next() in {":", ".", "="}:
            raise PatternError("Classes are written \\d \\w \\s.")
        return f"\\{sign}" if sign in {"\\", "]", "[", "^", "-"} else sign
