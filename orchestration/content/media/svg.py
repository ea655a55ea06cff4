"""SVG: is it harmless, wherever it is shown? Opened by itself, it is a page that may run scripts and load things.

What may stand in it follows https://www.w3.org/TR/SVG2/ (scripting and linking) and the CSS functions that load.
"""

import re
from xml.parsers import expat

from orchestration.errors import DogearError

LARGEST_SVG = 10 * 10**6
SVG = "http://www.w3.org/2000/svg"
XHTML = "http://www.w3.org/1999/xhtml"
# That the parser here and the one of a browser read alike.
ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1"}
ACTIVE = {"script", "foreignobject", "handler", "listener", "iframe", "object", "embed"}
ANIMATING = {"animate", "animatecolor", "animatemotion", "animatetransform", "set"}
LINKS = {"href", "src", "action", "formaction", "data"}
# Photographs keep what their camera wrote into them.
DATA = r"data:\s*(image/(png|gif)|font/|application/(x-)?font)"
DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>", re.I)
DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)", re.I)
METADATA = re.compile(r"<!--.*?-->|<((?:[\w.-]+:)?metadata)\b[^<>]*(?:/>|>.*?</\1\s*>)", re.S)
WITHIN = re.compile(rf"\s*(#|{DATA}|$)", re.I)
LINKED_PAGE = re.compile(r"\s*(#|https?://|mailto:)", re.I)
CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
CSS_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.I | re.S)
CSS_LOADS = re.compile(rf"@import|image-set\(|\bsrc\(|url\((?!\s*(?:['\"]\s*)?(?:#|{DATA}))", re.I)
LENGTH = re.compile(r"\s*(\d{1,6}(?:\.\d+)?)(?:px)?\s*")


def looks_like_xml(data: bytes) -> bool:
    """Whether the first letter is ``<``, in UTF-8 or UTF-16."""
    return data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] == b"<"


def size_of_harmless_svg(data: bytes) -> tuple[int | None, int | None]:
    """Width and height in pixels, None where it does not say. Raises DogearError where it may run or load anything."""
    if len(data) > LARGEST_SVG:
        raise DogearError(f"an SVG larger than {LARGEST_SVG // 10**6} MB")
    reader = SvgReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.XmlDeclHandler = reader.declaration
    parser.EntityDeclHandler = reader.entity
    parser.ProcessingInstructionHandler = reader.instruction
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DogearError(f"not XML that can be read: {error}") from None
    except (LookupError, ValueError):
        raise DogearError("not XML that can be read: its encoding is not known") from None
    return reader.size


def harmless_svg(data: bytes) -> tuple[bytes, int | None, int | None]:
    """The SVG in UTF-8 without comments and metadata, with its width and height. Raises DogearError as above."""
    size_of_harmless_svg(data)
    declared = DECLARED.search(data[:200])
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else declared[1].decode() if declared else "utf-8-sig"
    try:
        text = METADATA.sub("", DECLARATION.sub("", data.decode(encoding).removeprefix("\ufeff"), 1))
    except (LookupError, ValueError):
        raise DogearError("not XML that can be read: its encoding is not the one that it names") from None
    shortened = text.strip().encode()
    return shortened, *size_of_harmless_svg(shortened)


class SvgReader:
    """Reads an SVG, and raises DogearError at the first thing that may do harm."""

    def __init__(self) -> None:
        self.size: tuple[int | None, int | None] = (None, None)
        self._depth = 0
        self._style: list[str] | None = None

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ENCODINGS:
            raise DogearError(f"its encoding is {encoding[:40]}; save it as UTF-8")

    def entity(self, name: str, *_rest: object) -> None:
        raise DogearError(f"it declares the entity {name[:40]}")

    def instruction(self, target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise DogearError("it refers to a style sheet outside of it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        local = local.lower()
        if self._depth == 0:
            if (namespace, local) != (SVG, "svg"):
                raise DogearError(f"its outermost element is {local[:40]}, not svg in the namespace {SVG}")
            self.size = size_of(attributes)
        if self._style is not None:
            raise DogearError("its style contains elements")
        if local in ACTIVE or namespace == XHTML:
            raise DogearError(f"it contains the element {local[:40]}")
        for attribute, value in attributes.items():
            refuse_attribute(local, attribute.rpartition(" ")[2].lower(), value)
        if local == "style":
            self._style = []
        self._depth += 1

    def text(self, text: str) -> None:
        if self._style is not None:
            self._style.append(text)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._style is not None and name.rpartition(" ")[2].lower() == "style":
            refuse_css("".join(self._style))
            self._style = None


def refuse_attribute(element: str, attribute: str, value: str) -> None:
    if attribute.startswith("on") or attribute == "ping":
        raise DogearError(f"it contains the event handler {attribute[:40]}")
    allowed = LINKED_PAGE if element == "a" else WITHIN
    if attribute == "base" or (attribute in LINKS and not allowed.match(value)):
        raise DogearError(f"its element {element[:40]} refers to {value.strip()[:80]!r}, outside of it")
    if element in ANIMATING and attribute == "attributename":
        animated = value.strip().rpartition(":")[2].lower()
        if animated in LINKS or animated.startswith("on"):
            raise DogearError(f"it animates {animated[:40]}")
    refuse_css(value)


def refuse_css(css: str) -> None:
    if "(" not in css and "@" not in css and "\\" not in css:
        return
    written = CSS_ESCAPE.sub(unescape, CSS_COMMENT.sub("", css))
    for reading in (css, written):
        found = CSS_LOADS.search(reading)
        if found:
            raise DogearError(f"its style refers to {reading[found.start() :][:80]!r}, outside of it")


def unescape(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else 0
    return chr(code) if 0 < code <= 0x10FFFF else found[2] or ""


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
