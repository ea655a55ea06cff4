"""In which language is a text written?"""

import re
from functools import cache
from typing import Any

# Too short a text reads like any language.
SHORTEST = 80
LONGEST = 400
NO_WORDS = re.compile(r"https?://\S+|[\W\d_]+")
# Those that PostgreSQL stems, and others that many people write.
LANGUAGES = (
    *("ar", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "hy", "id", "it", "ja", "ko", "lt"),
    *("nl", "no", "pl", "pt", "ro", "ru", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh"),
)


def language_of(front_matter: dict[str, Any], text: str) -> str | None:
    """ISO 639-1 code: what ``language``, ``lang`` or ``locale`` says, else what the text reads like; None if unsure."""
    for name in ("language", "lang", "locale"):
        written = front_matter.get(name)
        if isinstance(written, str) and re.match(r"[A-Za-z]{2}(?![A-Za-z])", written):
            return written[:2].lower()
    words = NO_WORDS.sub(" ", text[: 3 * LONGEST]).strip()[:LONGEST]
    return identifier().classify(words)[0] if len(words) >= SHORTEST else None


@cache
def identifier() -> Any:
    """The model, read once; it takes most of a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    found.set_languages(list(LANGUAGES))
    return found
