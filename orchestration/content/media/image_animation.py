"""Animations: all frames of an image as one animated WebP."""

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

from orchestration.errors import DogearError

if TYPE_CHECKING:
    from PIL.Image import Image

ANIMATED = {"GIF", "WEBP", "PNG", "AVIF"}
MOST_FRAMES = 1000
# Of all frames together: what is encoded in some ten seconds, and what is held in memory at once.
MOST_PIXELS = 100_000_000
MOST_PIXELS_HELD = 40_000_000
SHORTEST_MS = 20
USUAL_MS = 100
METADATA = {"exif", "icc_profile", "xmp", "XML:com.adobe.xmp", "Raw profile type exif"}


def is_animation(image: "Image") -> bool:
    return image.format in ANIMATED and getattr(image, "is_animated", False)


def animated_webp(image: "Image", first: "Image", prepare: Callable[["Image"], "Image"], *, quality: int) -> bytes:
    """Return all frames of ``image`` as animated WebP, of the size of ``first``, which is its first frame, prepared.

    Raises DogearError if they are too many, or not of one size.
    """
    durations = frame_durations(image)
    rest: list[Image] = []
    if first.size != image.size or METADATA & image.info.keys():
        if len(durations) * first.width * first.height > MOST_PIXELS_HELD:
            raise DogearError(
                f"{len(durations)} frames of {image.width} × {image.height} are too many; make it smaller"
            )
        image, *rest = prepared_frames(image, len(durations), prepare)
    buffer = BytesIO()
    image.save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=rest,
        duration=durations,
        # A GIF that does not speak of repeating is shown once.
        loop=min(image.info.get("loop", 1 if image.format == "GIF" else 0), 65535),
        background=(0, 0, 0, 0),
        quality=quality,
    )
    return buffer.getvalue()


def frame_durations(image: "Image") -> list[int]:
    """Milliseconds of each frame. Frames that are given less time than a screen needs are shown as browsers do."""
    size, durations = image.size, list[int]()
    try:
        while True:
            image.seek(len(durations))
            if len(durations) == MOST_FRAMES or (len(durations) + 1) * image.width * image.height > MOST_PIXELS:
                raise DogearError(
                    f"its frames of {image.width} × {image.height} are more than {MOST_FRAMES:,}, "
                    f"or more than {MOST_PIXELS:,} pixels together"
                )
            if image.size != size:
                raise DogearError("its frames are larger than the first")
            image.load()
            milliseconds = round(image.info.get("duration", 0))
            durations.append(milliseconds if milliseconds >= SHORTEST_MS else USUAL_MS)
    except EOFError:
        image.seek(0)
        return durations


def prepared_frames(image: "Image", count: int, prepare: Callable[["Image"], "Image"]) -> list["Image"]:
    frames: list[Image] = []
    for number in range(count):
        image.seek(number)
        frames.append(prepare(image.copy()))
    return frames
