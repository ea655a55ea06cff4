"""In which language is a text written?"""

import re
from functools import lru_cache
from typing import Any

import pycld2

from orchestration.content.documents.text.markdown import Outline

# A short text looks like any language; for a longer one the first letters are enough.
SHORTEST = 80
LONGEST = 400
NO_WORDS = re.compile(r"https?://\S+|[\W\d_]+")
# Languages that PostgreSQL stems, and others that many people write.
LANGUAGES = frozenset(
    (
        *(
            "ar",
            "cs",
            "da",
            "de",
            "el",
            "en",
            "es",
            "fa",
            "fi",
            "fr",
            "he",
            "hi",
            "hu",
            "hy",
            "id",
            "it",
            "ja",
            "ko",
            "lt",
        ),
        *("nl", "no", "pl", "pt", "ro", "ru", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh"),
    )
)
# CLD2's code that ISO has withdrawn, and the language as written in Norway.
OTHER_CODES = {"iw": "he", "nn": "no", "nb": "no"}


def language_of(front_matter: dict[str, Any], outline: Outline) -> str | None:
    """Return the ISO 639-1 code in ``language``, ``lang`` or ``locale``, else the detected one; None if unsure.

    It is detected from the prose; if there is too little of it and no code, from headings and tables as well.
    """
    for name in ("language", "lang", "locale"):
        written = front_matter.get(name)
        if isinstance(written, str) and re.match(r"[A-Za-z]{2}(?![A-Za-z])", written):
            return written[:2].lower()
    words = words_of(outline.prose)
    if not outline.code_blocks and len(words) < SHORTEST:
        words = words_of(outline.text)
    return detected_language(words)


def words_of(text: str) -> str:
    return NO_WORDS.sub(" ", text[:LONGEST]).strip()


@lru_cache(maxsize=256)
def detected_language(words: str) -> str | None:
    """Return the language; remembered, since versions of a document mostly begin alike."""
    if len(words) < SHORTEST:
        return None
    try:
        is_sure, _, found = pycld2.detect(words)
    except pycld2.error:  # characters that it does not accept
        return None
    code = found[0][1].partition("-")[0]
    code = OTHER_CODES.get(code, code)
    return code if is_sure and code in LANGUAGES else None
