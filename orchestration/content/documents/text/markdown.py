"""The contents of a document's text, from one parse of its Markdown.

The Markdown is CommonMark with tables, footnotes, strikethrough and task lists, and the HTML within. Hostile input
costs little: text beyond the limits below is not read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Any

import pyromark
from pyromark import Options

from orchestration.content.documents.text.html_tags import CELLS, HEADINGS, TAG, WITHIN_A_LINE
from orchestration.content.documents.text.links import Link, Links
from orchestration.content.documents.text.templates import MASK, without_templates

# As long as the longest file that is read.
LONGEST_TEXT = 10 * 2**20
LONGEST_PARAGRAPH = 300
# A document of 600 words has about 40.
MOST_EVENTS = 1_000_000
MOST_TAGS = 100_000
PARSER = pyromark.Markdown(
    options=Options.ENABLE_TABLES
    | Options.ENABLE_FOOTNOTES
    | Options.ENABLE_STRIKETHROUGH
    | Options.ENABLE_TASKLISTS
    | Options.ENABLE_HEADING_ATTRIBUTES
)
LISTS = {"List", "Table", "FootnoteDefinition"}
BLOCKS = {
    "Paragraph": "paragraph",
    "Heading": "heading",
    "Item": "item",
    "TableCell": "cell",
    "CodeBlock": "code",
    **dict.fromkeys(("BlockQuote", "HtmlBlock", *LISTS), "other"),
}
NO_PROSE = {"title", "heading", "cell", "code"}
# Not after "J. Smith", "z. B. so" or "Dr. Smith", and not before a small letter.
SENTENCE_END = re.compile(
    r"([.!?…؟।](?<![ .(][^\W\d].)(?<!Mr.)(?<!Ms.)(?<!Dr.)(?<!St.)(?<!Mrs.)(?<!Prof.)[\"'»”’)\]]*+) "
    r"(?![a-zß-öø-ÿα-ωа-яё])"
)
SENTENCE_END_WITHOUT_SPACE = re.compile(r"([。！？][」』”’）]*+) ?(?!$)", re.MULTILINE)


@dataclass(frozen=True)
class Outline:
    """What a document holds.

    ``text`` is every word on one line, with those of code, links and images. ``prose`` is what is written in sentences,
    one a line: without code, headings and tables. ``first_heading`` is that of level 1. ``first_paragraph`` stands
    outside of quotations, lists and tables and is cut to 300 characters; ``paragraphs`` count those in quotations too.
    """

    text: str
    prose: str
    first_heading: str | None
    first_paragraph: str | None
    headings: int
    images: int
    images_without_text: int
    code_blocks: int
    sentences: int
    paragraphs: int
    links: tuple[Link, ...]


def outline(body: str) -> Outline:
    """Read the Markdown ``body``, whatever it is."""
    source = without_templates(body)
    reader = Reader(source)
    try:
        reader.read(PARSER.events_with_range(source, merge_text=True))
        links = tuple(reader.links.placed(body))
    except BaseException as failure:
        if type(failure).__name__ != "PanicException":  # a failure in Rust, which is no Exception
            raise
        return words_alone(body)
    prose = "\n".join(reader.prose)[:LONGEST_TEXT]
    return Outline(
        text=" ".join(reader.text)[:LONGEST_TEXT],
        prose=prose,
        first_heading=reader.first_heading,
        first_paragraph=shortened(reader.first_paragraph or reader.first_html_paragraph),
        headings=reader.headings,
        images=reader.links.images,
        images_without_text=reader.links.images_without_text,
        code_blocks=reader.code_blocks,
        sentences=prose.count("\n") + bool(prose),
        paragraphs=reader.paragraphs,
        links=links,
    )


def words_alone(body: str) -> Outline:
    """For what the parser cannot read."""
    text = " ".join(body[:LONGEST_TEXT].split())
    prose = sentences_of(text)
    return Outline(text, prose, None, shortened(text or None), 0, 0, 0, 0, len(prose.splitlines()), bool(text), ())


def shortened(paragraph: str | None) -> str | None:
    if paragraph is None or len(paragraph) <= LONGEST_PARAGRAPH:
        return paragraph
    cut = paragraph[:LONGEST_PARAGRAPH]
    return f"{cut.rpartition(' ')[0] or cut}…"


def sentences_of(paragraph: str) -> str:
    """Return the same, one sentence a line."""
    lines = SENTENCE_END.sub(r"\1\n", paragraph)
    return lines if lines.isascii() else SENTENCE_END_WITHOUT_SPACE.sub(r"\1\n", lines)


class Reader:
    """What was read of a document so far. ``kind`` is that of the block that is being read, whose words are ``said``.

    ``said_in_prose`` are those outside of code.
    """

    def __init__(self, source: str) -> None:
        self.links = Links(source)
        self.text: list[str] = []
        self.prose: list[str] = []
        self.length = 0
        self.first_heading: str | None = None
        self.first_paragraph: str | None = None
        self.first_html_paragraph: str | None = None
        self.headings = self.code_blocks = self.paragraphs = 0
        self.quotes = self.lists = 0
        self.kind = "other"
        self.in_script = False
        self.tags_left = MOST_TAGS
        self.said: list[str] = []
        self.said_in_prose: list[str] = []

    def read(self, events: Iterable[tuple[Any, Any]]) -> None:
        for event, span in islice(events, MOST_EVENTS):
            if isinstance(event, str):  # a break
                self.say(" ")
                continue
            ((what, about),) = event.items()
            if what == "Start":
                self.start(about, span)
                continue
            if what == "Text":
                self.say(about)
            elif what == "End":
                self.end(about, span)
            elif what == "Code":
                self.say(about, is_code=True)
            elif what == "InlineHtml":
                self.inline_html(about, span["start"])
            if self.links.within:
                self.links.within[-1].inner_end = span["end"]
        self.end_block("other")
        self.links.end_anchor()

    def start(self, about: str | dict[str, Any], span: dict[str, int]) -> None:
        name, details = (about, {}) if isinstance(about, str) else next(iter(about.items()))
        if name in BLOCKS:
            self.end_block(BLOCKS[name])
        if name == "Link" or name == "Image":
            self.links.start("image" if name == "Image" else "link", details, span["start"])
        elif name == "Heading":
            self.headings += 1
            self.kind = "title" if details["level"] == "H1" else "heading"
        elif name == "CodeBlock":
            self.code_blocks += 1
        elif name == "HtmlBlock":
            self.html(self.links.data[span["start"] : span["end"]].decode(), span["start"])
        elif name == "BlockQuote":
            self.quotes += 1
        elif name in LISTS:
            self.lists += 1

    def end(self, about: str | dict[str, Any], span: dict[str, int]) -> None:
        name = about if isinstance(about, str) else next(iter(about))
        if name in BLOCKS:
            self.end_block("other")
        if name == "Link":
            self.links.end(span["end"])
        elif name == "Image":
            self.file_text(self.links.end(span["end"]).text)
        elif name == "BlockQuote":
            self.quotes -= 1
        elif name in LISTS:
            self.lists -= 1

    def say(self, text: str, *, is_code: bool = False) -> None:
        if self.in_script:
            return
        text = text.replace(MASK, " ")
        self.links.say(text)
        if not self.links.within_images:
            self.said.append(text)
            if not is_code:
                self.said_in_prose.append(text)

    def end_block(self, next_kind: str) -> None:
        """File what the block said; what follows is of another kind."""
        kind, self.kind, self.in_script = self.kind, next_kind, False
        if not self.said:
            return
        written = in_one_line(self.said)
        if written:
            self.file_block(kind, written)
            if kind not in NO_PROSE and self.length < LONGEST_TEXT:
                prose = written if len(self.said) == len(self.said_in_prose) else in_one_line(self.said_in_prose)
                self.prose += [sentences_of(prose[:LONGEST_TEXT])] if prose else []
            self.file_text(written)
        self.said.clear()
        self.said_in_prose.clear()

    def file_block(self, kind: str, written: str) -> None:
        if kind == "title":
            self.first_heading = self.first_heading or written
        elif kind == "html paragraph":
            self.paragraphs += 1
            self.first_html_paragraph = self.first_html_paragraph or written
        elif kind == "paragraph" and not self.lists:
            self.paragraphs += 1
            if not self.quotes:
                self.first_paragraph = self.first_paragraph or written

    def file_text(self, written: str) -> None:
        if written and self.length < LONGEST_TEXT:
            self.text.append(written)
            self.length += len(written) + 1

    def inline_html(self, tag: str, start: int) -> None:
        name = tag[:8].lower()
        if name.startswith(("<script", "<style", "</script", "</style")):
            self.in_script = name[1] != "/"
        elif not self.in_script:
            self.html(tag, start)

    def html(self, html: str, start: int) -> None:
        """Read HTML that begins at the byte ``start``."""
        place = 0
        for tag in islice(TAG.finditer(html), self.tags_left):
            self.tags_left -= 1
            if tag.start() > place:
                self.say(unescape(html[place : tag.start()]), is_code=self.kind == "code")
            place = tag.end()
            if tag["name"]:
                self.tag(tag["name"].lower(), tag, start)
        if place < len(html) and self.tags_left:
            self.say(unescape(html[place:]))

    def tag(self, name: str, tag: re.Match[str], start: int) -> None:
        opens = not tag["closes"]
        if name == "a" and opens:
            self.links.start_anchor(tag, start)
        elif name == "a":
            self.links.end_anchor()
        elif name == "img" and opens:
            self.file_text(self.links.html_image(tag, start).text)
        elif name == "br":
            self.say(" ")
        elif name not in WITHIN_A_LINE:
            self.headings += opens and name in HEADINGS
            self.code_blocks += opens and name == "pre"
            self.end_block(kind_of(name) if opens else "other")


def kind_of(name: str) -> str:
    """Return the kind of block that an HTML element is."""
    if name in HEADINGS:
        return "title" if name == "h1" else "heading"
    return "html paragraph" if name == "p" else "code" if name == "pre" else "cell" if name in CELLS else "other"


def in_one_line(said: list[str]) -> str:
    line = "".join(said).strip()
    # Of all space, " " alone is printable.
    return line if line.isprintable() and "  " not in line else " ".join(line.split())
