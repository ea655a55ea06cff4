"""Measures of a text: its length, its readability, and the metadata that its author wrote."""

import re
from dataclasses import dataclass
from itertools import filterfalse
from typing import Any

from orchestration.content.documents.dates import NAMES as NAMES_OF_DATES
from orchestration.content.documents.text.links import Link
from orchestration.content.documents.text.markdown import Outline

DESCRIPTION = ("description", "excerpt", "summary")
# Silent reading of non-fiction: Brysbaert 2019, doi:10.1016/j.jml.2019.104047.
WORDS_PER_MINUTE = 238
# Trauzettel-Klosinski and Dietz 2012, doi:10.1167/iovs.11-8284: 255 Chinese, 357 Japanese characters. They measured
# reading aloud, at which their 228 words of English are close to the above.
CHARACTERS_PER_MINUTE = 255
JAPANESE_CHARACTERS_PER_MINUTE = 357
FEWEST_WORDS_TO_JUDGE = 100
NO_SPACES = {"ja", "km", "lo", "my", "th", "zh"}
CAPITALISE_NOUNS = {"de", "lb"}
NO_CAPITALS = {
    *NO_SPACES,
    *("am", "ar", "bn", "fa", "gu", "he", "hi", "ka", "kn", "ko", "ml", "mr", "ne", "pa", "si", "ta", "te", "ur"),
}

LETTER_OR_DIGIT = re.compile(r"[^\W_]")
MARKS = " .,;:!?…\"'()[]{}<>«»„“”‚‘’–—-/*_"
LONGEST_SHORT_WORD = 6
# Han, Hiragana, Katakana and Bopomofo. Korean is written with spaces: its words are counted as such.
CHARACTER_WORD = re.compile(
    "[\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u312f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)
# The bytes of UTF-8 that begin no such character; to take them away is faster than to look for one.
BEFORE_CHARACTERS = bytes(range("\u3005".encode()[0]))
CAPITALS = "".join(character for character in map(chr, range(0x590)) if character.isupper())
NAMES = re.compile(rf"[{CAPITALS}][\w’'-]*\w(?: [{CAPITALS}][\w’'-]*\w)*")
ASCII_NAMES = re.compile(r"[A-Z][\w'-]*\w(?: [A-Z][\w'-]*\w)*", re.ASCII)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
WEB_ADDRESS = re.compile(r"(?:https?:)?//(?:[^/?#@]*@)?(?:www\.)?([^/?#:]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Measures:
    """Measures of one text, independent of its name and place.

    language_code
        Language (ISO 639-1), as it is given; None if it is not known.
    word_count
        Words, those of code among them; each character of Chinese and Japanese, which have no spaces, is one.
    reading_minutes
        At 238 words a minute, 255 Chinese characters or 357 Japanese.
    sentence_count, paragraph_count
        Outside of code, headings and tables; paragraphs also outside of lists.
    images_without_text
        Images that have no alternative text.
    internal_link_count, external_link_count
        Links within the site and to others; mail and phone links, scripts and links within the page are neither.
    readability
        LIX (Björnsson 1968): words per sentence plus the percentage of words longer than six letters. 25 reads like a
        children's book, 60 like a law. None below 100 words, and for scripts without spaces.
    entity_count
        Different proper names, recognised by capitals within sentences. None if capitals do not show them: in German,
        in scripts without capitals, and in unknown languages.
    has_title, has_description, has_tags, has_date
        Written by the author: in the front matter, or as a heading for the title.
    """

    language_code: str | None
    word_count: int
    reading_minutes: float
    sentence_count: int
    paragraph_count: int
    heading_count: int
    image_count: int
    images_without_text: int
    code_block_count: int
    internal_link_count: int
    external_link_count: int
    readability: float | None
    entity_count: int | None
    has_title: bool
    has_description: bool
    has_tags: bool
    has_date: bool


def measure(
    front_matter: dict[str, Any], outline: Outline, language_code: str | None, host: str | None = None
) -> Measures:
    """Measure a text. Absolute links to ``host``, with or without "www.", are internal."""
    words, characters = count_words(outline.text)
    links = [is_internal(link, host) for link in outline.links if link.kind == "link"]
    return Measures(
        language_code=language_code,
        word_count=words + characters,
        reading_minutes=round(words / WORDS_PER_MINUTE + characters / characters_per_minute(language_code), 2),
        sentence_count=outline.sentences,
        paragraph_count=outline.paragraphs,
        heading_count=outline.headings,
        image_count=outline.images,
        images_without_text=outline.images_without_text,
        code_block_count=outline.code_blocks,
        internal_link_count=links.count(True),
        external_link_count=links.count(False),
        readability=None if language_code in NO_SPACES or characters > words else lix(outline),
        entity_count=count_names(outline.prose, language_code),
        has_title=outline.first_heading is not None or is_written(front_matter, "title"),
        has_description=is_written(front_matter, *DESCRIPTION),
        has_tags=is_written(front_matter, "tags"),
        has_date=is_written(front_matter, *NAMES_OF_DATES),
    )


def count_words(text: str) -> tuple[int, int]:
    """Return how many words between spaces, and how many characters that are words."""
    has_others = text.encode(errors="replace").translate(None, BEFORE_CHARACTERS)
    spaced, characters = CHARACTER_WORD.subn(" ", text) if has_others else (text, 0)
    words = spaced.split()
    # Nearly every word is decided by looking at all of it, or at its first or last character.
    unclear = [word for word in filterfalse(str.isalnum, words) if not (word[0].isalnum() or word[-1].isalnum())]
    return len(words) - sum(LETTER_OR_DIGIT.search(word) is None for word in unclear), characters


def characters_per_minute(language_code: str | None) -> int:
    return JAPANESE_CHARACTERS_PER_MINUTE if language_code == "ja" else CHARACTERS_PER_MINUTE


def lix(outline: Outline) -> float | None:
    """Return the LIX of the prose only: nobody reads code or tables in sentences."""
    words = outline.prose.split()
    if len(words) < FEWEST_WORDS_TO_JUDGE:
        return None
    longer = [word for word in words if len(word) > LONGEST_SHORT_WORD]
    long_words = len([word for word in longer if word.isalnum() or len(word.strip(MARKS)) > LONGEST_SHORT_WORD])
    return round(len(words) / outline.sentences + 100 * long_words / len(words), 1)


def count_names(prose: str, language_code: str | None) -> int | None:
    if language_code is None or language_code in CAPITALISE_NOUNS or language_code in NO_CAPITALS:
        return None
    names = ASCII_NAMES if prose.isascii() else NAMES
    return len({name[0] for name in names.finditer(prose) if is_within_a_sentence(prose, name.start())})


def is_within_a_sentence(prose: str, start: int) -> bool:
    """Is a word capitalised for itself? Not at the beginning of a line, or after a quotation mark or a colon."""
    return start > 1 and prose[start - 1] == " " and (prose[start - 2].isalnum() or prose[start - 2] in ",;)")


def is_internal(link: Link, host: str | None) -> bool | None:
    """Does it lead to another page of the site? None if it leads to no page."""
    if address := WEB_ADDRESS.match(link.target):
        return host is not None and address[1].lower() == host.lower().removeprefix("www.")
    return None if link.target.startswith("#") or SCHEME.match(link.target) else True


def is_written(front_matter: dict[str, Any], *names: str) -> bool:
    """Has one of ``names`` a value that says something?"""
    return any(says_something(front_matter.get(name)) for name in names)


def says_something(value: object) -> bool:
    if isinstance(value, list):
        return any(map(says_something, value))
    return value is not None and not isinstance(value, bool | dict) and bool(str(value).strip())
