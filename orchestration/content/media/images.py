"""From the bytes of one image to its published variants.

All metadata is dropped: where a photograph was taken is personal data.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from orchestration.content.media.image_animation import animated_webp, is_animation
from orchestration.content.media.image_colours import has_few_colours, in_srgb, plain
from orchestration.content.media.svg import harmless_svg, looks_like_xml
from orchestration.errors import DogearError

if TYPE_CHECKING:
    from PIL.Image import Image

# Bump when a change of these rules changes the output: all images are then published again, under other keys.
RECIPE = "r2"
EXTENSIONS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".tif", ".tiff")
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
LARGEST_FILE = 50 * 10**6
# A large JPEG is decoded in half its size. Of other formats all pixels are held at once, two or three times over; of
# WebP six times, since its decoder keeps two canvases. So none takes much more than 300 MB.
MOST_PIXELS = {"JPEG": 60_000_000, "MPO": 60_000_000, "WEBP": 12_500_000}
MOST_PIXELS_OF_OTHERS = 25_000_000
# A progressive JPEG draws the picture again with each scan; ten are usual. With many, even a small one takes long.
MOST_SCANNED_PIXELS = 1_000_000_000
FEWEST_SCANNED_PIXELS = 1_000_000
# Long screenshots are tall, and must stay readable.
WIDEST, TALLEST = 2048, 8192
THUMBNAIL_WIDTHS = {"w640": 640, "w320": 320}
QUALITY = 80
ORIENTATION = 0x0112
SIDEWAYS = {5, 6, 7, 8}


@dataclass(frozen=True)
class Variant:
    """One picture to publish; width and height in pixels, None where an SVG does not say."""

    name: str
    format: str
    width: int | None
    height: int | None
    data: bytes


@dataclass(frozen=True)
class EncodedImage:
    """The kind and size of a file (width and height in pixels, upright), and its variants, ``full`` first."""

    mime_type: str
    width: int | None
    height: int | None
    variants: list[Variant]


def is_image(path: str) -> bool:
    """Return whether the extension of a path is that of an image."""
    return path.lower().endswith(EXTENSIONS)


def hush_pillow() -> None:
    """Silence Pillow's warnings: they are in the image's row, or harmless. (Restoring filters is not thread-safe.)"""
    warnings.filterwarnings("ignore", module=r"PIL\.")


def encode_variants(data: bytes) -> EncodedImage:
    """Return the variants of an image; they depend on its bytes alone.

    Raises DogearError, in one line, if there is no right picture to be had, or where it would do harm.
    """
    refuse_size(len(data))
    if looks_like_xml(data):
        svg, width, height = harmless_svg(data)
        return EncodedImage("image/svg+xml", width, height, [Variant("full", "svg", width, height, svg)])
    try:
        return encode_pixels(data)
    except DogearError:
        raise
    except Exception as error:  # Hostile bytes make decoders raise nearly anything.
        raise DogearError(f"cannot be decoded: {one_line(error)}") from None


def refuse_size(size: int) -> None:
    """Raise DogearError for a file that is empty or larger than 50 MB."""
    if size == 0:
        raise DogearError("empty")
    if size > LARGEST_FILE:
        raise DogearError(f"larger than {LARGEST_FILE // 10**6} MB")


def encode_pixels(data: bytes) -> EncodedImage:
    from PIL import Image

    with open_image(data) as image:
        mime_type = Image.MIME["JPEG" if image.format == "MPO" else image.format or ""]
        width, height = image.size
        if orientation(image) in SIDEWAYS and image.format != "TIFF":  # which Pillow turns when it opens it
            width, height = height, width
        is_drawn, picture = prepare(image)
        if is_animation(image):
            full = animated_webp(image, picture, lambda frame: prepare(frame)[1], quality=QUALITY)
        elif is_drawn and picture.width * picture.height == width * height:
            full = encode(picture, lossless=True)
        else:
            full = encode_smallest(picture, is_drawn)
        variants = [Variant("full", "webp", *picture.size, full)]
        for name, narrow in THUMBNAIL_WIDTHS.items():
            if picture.width > narrow:
                small = shrunk(picture, narrow, picture.height)
                variants.append(Variant(name, "webp", *small.size, encode_smallest(small, is_drawn)))
    return EncodedImage(mime_type, width, height, variants)


def open_image(data: bytes) -> "Image":
    """Return the image, not decoded yet. Raises DogearError if it is none, or too much work to decode."""
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise DogearError(f"its content is that of no image ({', '.join(FORMATS)} or SVG)") from None
    except Image.DecompressionBombError:
        raise DogearError(f"more than {max(MOST_PIXELS.values()):,} pixels") from None
    pixels, most = image.width * image.height, MOST_PIXELS.get(image.format or "", MOST_PIXELS_OF_OTHERS)
    if pixels > most:
        raise DogearError(f"{image.width} × {image.height} are more than {most:,} pixels")
    scans = data.count(b"\xff\xda") if image.format in {"JPEG", "MPO"} else 0
    if scans * max(pixels, FEWEST_SCANNED_PIXELS) > MOST_SCANNED_PIXELS:
        raise DogearError(f"a JPEG of {scans:,} scans; save it with fewer")
    return image


def prepare(image: "Image") -> tuple[bool, "Image"]:
    """Return whether it has few colours, and the picture upright, in sRGB, at most 2048 pixels wide and 8192 high."""
    from PIL import ImageOps

    lies = orientation(image) in SIDEWAYS
    bounds = (TALLEST, WIDEST) if lies else (WIDEST, TALLEST)
    # A JPEG is decoded in half the size, or less, if that is enough.
    image.draft(None, shrunk_size(image.size, *bounds))  # pyright: ignore[reportArgumentType]
    image.load()
    is_drawn = has_few_colours(image)
    small = shrunk(plain(image), *bounds)
    if orientation(image) != 1:
        small = ImageOps.exif_transpose(small)
    picture = in_srgb(small)
    picture.info.clear()
    return is_drawn, picture


def orientation(image: "Image") -> int:
    """Return how the camera was held (EXIF); 1, upright, where that cannot be read."""
    try:
        return image.getexif().get(ORIENTATION, 1)
    except Exception:  # Broken metadata leaves the picture as it is.
        return 1


def shrunk(image: "Image", width: int, height: int) -> "Image":
    """Return ``image`` within width and height, in its proportions; never enlarged."""
    size = shrunk_size(image.size, width, height)
    return image if size == image.size else image.resize(size)


def shrunk_size(size: tuple[int, int], width: int, height: int) -> tuple[int, int]:
    scale = min(1, width / size[0], height / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def encode_smallest(image: "Image", is_drawn: bool) -> bytes:
    """Encode it lossy, or a drawing lossless if that is smaller: a scaled one has more colours than before."""
    candidates = [encode(image, lossless=False)] + ([encode(image, lossless=True)] if is_drawn else [])
    return min(candidates, key=len)


def encode(image: "Image", *, lossless: bool) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "WEBP", lossless=lossless, quality=QUALITY)
    return buffer.getvalue()


def one_line(error: BaseException) -> str:
    """Return what went wrong, short and printable."""
    text = " ".join(str(error).split()) or type(error).__name__
    return "".join(letter if letter.isprintable() else "�" for letter in text)[:200]
