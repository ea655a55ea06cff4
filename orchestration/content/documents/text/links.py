"""The links and images of a document, and where in its body their targets stand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pyromark

from orchestration.content.documents.text.html_tags import attributes_of
from orchestration.content.documents.text.templates import MASK

LONGEST_TEXT = 200
MOST_LINKS = 2_000
BEFORE_TARGET = re.compile(rb"\]\(\s*<?\s*")
BEFORE_DEFINED = re.compile(rb"\]:\s*<?\s*")


@dataclass(frozen=True)
class Link:
    """A link or an image, and where it leads.

    ``target`` is as written, without title; of ``{{< ref "x.md" >}}``, the path. ``text`` is what the link says, or an
    image's alternative text. ``start`` is the target's first character in the body, where it stands there as it is:
    replaced there, it is replaced in the document. Links by reference share the one in their definition.
    """

    kind: Literal["link", "image"]
    target: str
    text: str
    start: int | None


@dataclass
class OpenLink:
    """A link that is being read. ``start`` is a byte of the source, and characters from there.

    ``inner_end`` is the byte after what it says; ``label`` that of the definition which holds its target.
    """

    kind: Literal["link", "image"]
    target: str
    inner_end: int = 0
    label: str | None = None
    start: tuple[int, int] | None = None
    text: str = ""

    def say(self, text: str) -> None:
        if len(self.text) < LONGEST_TEXT:
            self.text += text[:LONGEST_TEXT]

    def close(self) -> None:
        self.target = self.target.strip()
        self.text = " ".join(self.text.split())[:LONGEST_TEXT]


class Links:
    """What was read of the links of ``source``, and the images that were counted on the way.

    ``within`` are the links that are not closed yet, each within the one before; ``anchor`` is an open ``<a>``.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.images = 0
        self.images_without_text = 0
        self.within: list[OpenLink] = []
        self.within_images = 0
        self.anchor: OpenLink | None = None
        self.found: list[OpenLink] = []

    @cached_property
    def data(self) -> bytes:
        return self.source.encode()

    def say(self, text: str) -> None:
        if self.within:
            self.within[-1].say(text)
        if self.anchor:
            self.anchor.say(text)

    def start(self, kind: Literal["link", "image"], about: dict[str, str], start: int) -> None:
        link = OpenLink(kind, about["dest_url"], inner_end=start + (2 if kind == "image" else 1))
        if about["link_type"] in {"Reference", "Collapsed", "Shortcut"}:
            link.label = folded(about["id"])
        elif about["link_type"] == "Autolink":
            link.start = (start + 1, 0)
        elif about["link_type"] == "Email":
            link.target = f"mailto:{link.target}"
        self.within_images += kind == "image"
        self.within.append(link)

    def end(self, end: int) -> OpenLink:
        link = self.within.pop()
        link.close()
        if link.label is None and link.start is None:
            self.place(link, BEFORE_TARGET, self.data.find(b"](", link.inner_end, end))
        if link.kind == "image":
            self.within_images -= 1
            self.count_image(link)
        self.file(link)
        return link

    def start_anchor(self, tag: re.Match[str], start: int) -> None:
        """Read an ``<a>`` of the HTML that begins at the byte ``start``."""
        self.end_anchor()
        target, at = attributes_of(tag).get("href", ("", 0))
        self.anchor = OpenLink("link", target, start=(start, at)) if target else None

    def end_anchor(self) -> None:
        if self.anchor:
            self.anchor.close()
            self.file(self.anchor)
            self.anchor = None

    def html_image(self, tag: re.Match[str], start: int) -> OpenLink:
        attributes = attributes_of(tag)
        target, at = attributes.get("src", ("", 0))
        text, _ = attributes.get("alt") or attributes.get("caption") or ("", 0)
        image = OpenLink("image", target, start=(start, at), text=text)
        image.close()
        self.count_image(image)
        self.file(image)
        return image

    def count_image(self, image: OpenLink) -> None:
        """And let a link around it say what it says."""
        self.images += 1
        self.images_without_text += not image.text
        self.say(image.text)

    def file(self, link: OpenLink) -> None:
        if link.target and len(self.found) < MOST_LINKS:
            self.found.append(link)

    def place(self, link: OpenLink, before: re.Pattern[bytes], start: int) -> None:
        """Find the target after ``before``, which begins at the byte ``start`` if it is not -1."""
        found = before.match(self.data, start) if start >= 0 else None
        if found and self.data.startswith(link.target.encode(), found.end()):
            link.start = (found.end(), 0)

    def placed(self, body: str) -> Iterator[Link]:
        """Yield each link, with the place in ``body`` where its target stands."""
        self.place_defined()
        characters = self.characters_before(link.start[0] for link in self.found if link.start)
        for link in self.found:
            start = characters[link.start[0]] + link.start[1] if link.start else None
            target = link.target
            if start is not None and MASK in target:
                target = body[start : start + len(target)]
            elif start is not None and not body.startswith(target, start):
                start = None
            yield Link(link.kind, target, link.text, start)

    def place_defined(self) -> None:
        """Find the targets of links by reference, which stand in their definitions."""
        by_reference = [link for link in self.found if link.label is not None]
        definitions: dict[str, Any] = pyromark.reference_definitions(self.source) if by_reference else {}
        spans = {folded(label): about["span"] for label, about in definitions.items()}
        for link in by_reference:
            if span := spans.get(link.label or ""):
                self.place(link, BEFORE_DEFINED, self.data.find(b"]:", span["start"], span["end"]))

    def characters_before(self, offsets: Iterable[int]) -> dict[int, int]:
        """Return the number of characters before each of these bytes of the source."""
        if self.source.isascii():
            return {offset: offset for offset in offsets}
        found: dict[int, int] = {}
        last = characters = 0
        for offset in sorted(set(offsets)):
            characters += len(self.data[last:offset].decode())
            found[offset], last = characters, offset
        return found


def folded(label: str) -> str:
    """Return a label of a definition, as CommonMark compares them."""
    return " ".join(label.split()).casefold()
