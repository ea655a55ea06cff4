"""Texts that ask parsers for much: repeated, nested, alternating, long, cut, mixed up; the same for the same seed."""

import random
from collections.abc import Callable, Sequence

LARGEST = 10**6
USUAL = [*"aé😀 \t\n\0-_.,:;/\\'\"`*~#<>()[]{}=&%@!?|$^+09f", "\r\n"]
OPPOSITES = {"(": ")", "[": "]", "{": "}", "<": ">"}


def random_input(chance: random.Random, sample: str, words: Sequence[str]) -> str:
    """One text of up to a million characters, most of them shorter; ``words`` are those of the format."""
    size = int(10 ** chance.uniform(2, 6.02))
    wanted = [*words, *words, *USUAL]
    ways: list[Callable[[], str]] = [
        lambda: repeated(chance.choice(wanted), size),
        lambda: repeated(chance.choice(wanted) + chance.choice(wanted), size),
        lambda: repeated("".join(chance.choices(wanted, k=chance.randint(2, 6))), size),
        lambda: nested(chance.choice(wanted), size),
        lambda: "".join(chance.choices(wanted, k=size // 3)),
        lambda: within(chance, sample, repeated("".join(chance.choices(wanted, k=chance.randint(1, 3))), size)),
        lambda: within(chance, sample, nested(chance.choice(wanted), size)),
        lambda: repeated(sample, size),
        lambda: changed(chance, repeated(sample, min(size, 10**5)), wanted),
    ]
    return chance.choice(ways)()[:LARGEST]


def repeated(part: str, size: int) -> str:
    return part * (size // len(part) + 1)


def nested(part: str, size: int) -> str:
    count = size // (2 * len(part)) + 1
    return part * count + "".join(OPPOSITES.get(letter, letter) for letter in reversed(part)) * count


def within(chance: random.Random, sample: str, part: str) -> str:
    place = chance.randint(0, len(sample))
    return sample[:place] + part + sample[place:]


def changed(chance: random.Random, text: str, words: Sequence[str]) -> str:
    """The text with pieces left out, doubled, and put in."""
    for _ in range(chance.randint(1, 20)):
        place, length = chance.randint(0, len(text)), chance.randint(0, 50)
        piece = chance.choice([chance.choice(words), text[place : place + length] * 2, ""])
        text = text[:place] + piece + text[place + length :]
    return text
