"""Text in, numbers out."""

import pytest

from orchestration.content.documents.text.markdown import outline
from orchestration.content.documents.text.measures import measure

TWENTY_WORDS = (
    "The very first reader folded a small corner of this page, and nobody ever wrote to the library about it. "
)


def test_the_numbers_of_a_short_text():
    found = measure({"tags": ["", None]}, outline(f"# Corners\n\n{TWENTY_WORDS * 6}\n\n![](x.png) — 3½ `bits` –"), "en")
    assert (found.word_count, found.sentence_count, found.paragraph_count) == (1 + 120 + 2, 7, 2)
    assert (found.image_count, found.images_without_text, found.heading_count) == (1, 1, 1)
    assert found.reading_minutes == round(123 / 238, 2)
    assert (found.has_title, found.has_description, found.has_tags, found.has_date) == (True, False, False, False)


@pytest.mark.parametrize(
    ("body", "language_code", "words"),
    [
        ("Some *text* - in 3 words & more.", "en", 6),
        ("don't, well-known: example.org", "en", 3),
        ("ドッグイヤー です。PDF を読む", "ja", 12),
        ("折角是什么？Dog-ear。", "zh", 6),
        ("책의 모서리를 접다", "ko", 3),
    ],
)
def test_a_word_in_each_script(body, language_code, words):
    assert measure({}, outline(body), language_code).word_count == words


def test_chinese_and_japanese_are_read_by_the_character():
    text = outline("字" * 510)
    assert measure({}, text, "zh").reading_minutes == 2.0
    assert measure({}, text, "ja").reading_minutes == 1.43
    assert measure({}, text, None).readability is None


def test_lix_is_words_a_sentence_and_long_words_in_a_hundred():
    assert measure({}, outline(TWENTY_WORDS * 5), "en").readability == 20 + 100 * 1 / 20
    assert measure({}, outline(TWENTY_WORDS * 4), "en").readability is None
    with_code = f"{TWENTY_WORDS * 5}\n\n```\n{'unreadable ' * 500}\n```\n\n| a table |\n| --- |\n| unreadable |"
    assert measure({}, outline(with_code), "en").readability == 25


@pytest.mark.parametrize(
    ("body", "language_code", "names"),
    [
        (
            "# Not in Headings\n\nHe met John Smith, in Paris, over PostgreSQL. Smith Jones left John Smith.",
            "en",
            3,
        ),
        ("We met Élodie Petit: She said “Never” and (Maybe) I went. Later, Иван Петров came.", "en", 2),
        ("Das Buch lag im Regal.", "de", None),
        ("Text", None, None),
        ("한국어 Text", "ko", None),
    ],
)
def test_names_are_told_by_capitals_within_sentences(body, language_code, names):
    assert measure({}, outline(body), language_code).entity_count == names


def test_links_lead_within_the_site_elsewhere_or_to_no_page():
    targets = [
        "a.md",
        "/b",
        "?page=2",
        "https://www.example.org/c",
        "//example.org:80/d",
        "http://example.org.evil.net",
    ]
    text = outline(
        " ".join(f"[x]({it})" for it in [*targets, "#part", "mailto:a@example.org", "javascript:x", "tel:1"])
    )
    found = measure({}, text, "en")
    assert (found.internal_link_count, found.external_link_count) == (3, 3)
    found = measure({}, text, "en", host="Example.org")
    assert (found.internal_link_count, found.external_link_count) == (5, 1)


def test_what_the_author_gave():
    given = {"title": "T", "summary": "S", "tags": "a, b", "publishDate": "2026-03-01"}
    found = measure(given, outline(""), None)
    assert (found.has_title, found.has_description, found.has_tags, found.has_date) == (True, True, True, True)
    assert (found.word_count, found.reading_minutes, found.readability, found.entity_count) == (0, 0, None, None)
