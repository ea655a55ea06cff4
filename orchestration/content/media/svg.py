"""SVG, written again: opened by itself, it is a page that may run scripts and load things.

Drawing elements are copied by name (``svg_names``), everything else is left out. A picture that needs something from
elsewhere is refused, since it would be shown without it.
"""

import re
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from orchestration.content.media.svg_names import ANIMATED, ATTRIBUTES, ELEMENTS, LINKS, TEXTS, XLINK, XML
from orchestration.content.media.svg_styles import WITHIN, refuse_css
from orchestration.errors import DogearError

LARGEST_SVG = 5 * 10**6
DEEPEST = 1000
SVG = "http://www.w3.org/2000/svg"
LINKED_PAGE = re.compile(r"\s*(#|https?://|mailto:)", re.I)
LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d+)?)(?:px)?\s*")
PREFIXES = {"": "", XLINK: "xlink:", XML: "xml:"}


def looks_like_xml(data: bytes) -> bool:
    """Return whether the first letter is ``<``, in UTF-8 or UTF-16."""
    return data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] == b"<"


def harmless_svg(data: bytes) -> tuple[bytes, int | None, int | None]:
    """Return the SVG in UTF-8, which runs and loads nothing; width and height in pixels, None if it does not say.

    Raises DogearError if it cannot be read, or is nothing without what it refers to.
    """
    if len(data) > LARGEST_SVG:
        raise DogearError(f"an SVG larger than {LARGEST_SVG // 10**6} MB")
    writer = SvgWriter()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.EntityDeclHandler = writer.entity
    parser.ProcessingInstructionHandler = writer.instruction
    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DogearError(f"not XML that can be read: {error}") from None
    except (LookupError, ValueError):
        raise DogearError("not XML that can be read: its encoding is not known; save it as UTF-8") from None
    return "".join(writer.written).encode(), *writer.size


class SvgWriter:
    """Writes what is on the lists; raises DogearError at the first thing that must come from elsewhere."""

    def __init__(self) -> None:
        self.size: tuple[int | None, int | None] = (None, None)
        self.written: list[str] = []
        self._open: list[str] = []
        # How deep in an element that is left out.
        self._left_out = 0
        self._style: list[str] | None = None

    def entity(self, name: str, *_rest: object) -> None:
        raise DogearError(f"it declares the entity {name[:40]}")

    def instruction(self, target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise DogearError("it refers to a style sheet outside of it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self._open:
            if (namespace, local) != (SVG, "svg"):
                raise DogearError(f"its outermost element is {local[:40]}, not svg in the namespace {SVG}")
            self.size = size_of(attributes)
        if self._style is not None:
            raise DogearError("its style contains elements")
        if self._left_out or namespace != SVG or local not in ELEMENTS:
            self._left_out += 1
            return
        if len(self._open) == DEEPEST:
            raise DogearError(f"its elements are nested more than {DEEPEST:,} deep")
        declared = "" if self._open else f' xmlns="{SVG}" xmlns:xlink="{XLINK}"'
        kept = "".join(
            written_attribute(local, attribute, value)
            for attribute, value in attributes.items()
            if attribute in ATTRIBUTES or attribute.startswith("aria-")
        )
        self.written.append(f"<{local}{declared}{kept}>")
        self._open.append(local)
        if local == "style":
            self._style = []

    def text(self, text: str) -> None:
        if self._left_out:
            return
        self.written.append(escape(text))
        if self._style is not None:
            self._style.append(text)

    def end(self, _name: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        local = self._open.pop()
        if self._style is not None:
            refuse_css("".join(self._style))
            self._style = None
        self.written.append(f"</{local}>")


def written_attribute(element: str, attribute: str, value: str) -> str:
    """Return the attribute, a space before it. Raises DogearError if its value leads elsewhere."""
    namespace, _, local = attribute.rpartition(" ")
    if attribute in LINKS:
        allowed = LINKED_PAGE if element == "a" else WITHIN
        if not allowed.match(value):
            raise DogearError(f"its element {element} refers to {value.strip()[:80]!r}, outside of it")
    elif attribute == "attributeName":
        if value.strip() not in ANIMATED:
            raise DogearError(f"it animates {value.strip()[:40]}")
    elif attribute not in TEXTS and not attribute.startswith("aria-"):
        refuse_css(value)
    return f" {PREFIXES[namespace]}{local}={quoteattr(value)}"


def size_of(attributes: dict[str, str]) -> tuple[int | None, int | None]:
    """Width and height in pixels as the outermost element says, else its view box."""
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
    sides = box[2:] if len(box) == 4 else ["", ""]
    found = [
        LENGTH.fullmatch(attributes.get(name, side)) for name, side in zip(("width", "height"), sides, strict=True)
    ]
    if not all(found):
        found = [LENGTH.fullmatch(side) for side in sides]
    width, height = (round(float(side[1])) if side else None for side in found)
    return width, height
