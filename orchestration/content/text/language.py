"""In which language is a text written?"""

import re
from functools import cache, lru_cache
from typing import Any

from orchestration.content.text.markdown import Outline

# Too short a text reads like any language. The first letters are mostly enough; where they are not, more are read.
SHORTEST = 80
ENOUGH = 100
LONGEST = 400
SURE = 0.99
NO_WORDS = re.compile(r"https?://\S+|[\W\d_]+")
# Those that PostgreSQL stems, and others that many people write.
LANGUAGES = (
    *("ar", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "hy", "id", "it", "ja", "ko", "lt"),
    *("nl", "no", "pl", "pt", "ro", "ru", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh"),
)


def language_of(front_matter: dict[str, Any], outline: Outline) -> str | None:
    """ISO 639-1 code: what ``language``, ``lang`` or ``locale`` says, else what the text reads like; None if unsure.

    That is the prose; where there is too little and no code, headings and tables as well.
    """
    for name in ("language", "lang", "locale"):
        written = front_matter.get(name)
        if isinstance(written, str) and re.match(r"[A-Za-z]{2}(?![A-Za-z])", written):
            return written[:2].lower()
    text = outline.prose
    if not outline.code_blocks and len(words_of(text, SHORTEST)) < SHORTEST:
        text = outline.text
    language, confidence = told(words_of(text, ENOUGH))
    return language if confidence > SURE else told(words_of(text, LONGEST))[0]


def words_of(text: str, most: int) -> str:
    return NO_WORDS.sub(" ", text[: 2 * most]).strip()[:most]


@lru_cache(maxsize=256)
def told(words: str) -> tuple[str | None, float]:
    """The language, and how sure that is; remembered, since versions of a document mostly begin alike."""
    return identifier().classify(words) if len(words) >= SHORTEST else (None, 0)


@cache
def identifier() -> Any:
    """The model, read once; it takes most of a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(list(LANGUAGES))
    return found
