"""Colours: pixels of any kind as RGB or RGBA in the sRGB colour space, which is what browsers expect."""

from io import BytesIO
from typing import TYPE_CHECKING

from orchestration.errors import DogearError

if TYPE_CHECKING:
    from PIL.Image import Image

FEW_COLOURS = 256


def has_few_colours(image: "Image") -> bool:
    """Return whether it looks drawn, not photographed: a palette, or few colours. (JPEG has blurred them already.)"""
    if image.format in {"JPEG", "MPO"} or image.mode.startswith(("I", "F")):
        return False
    return image.mode in {"1", "P", "PA"} or image.getcolors(FEW_COLOURS) is not None


def plain(image: "Image") -> "Image":
    """Return the pixels in a mode that can be scaled: 8 bits a channel, no palette, transparency as a channel.

    Raises DogearError if they are measurements rather than colours.
    """
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in {"I", "F"}:
        raise DogearError("pixels of 32 bits a channel; save it with 8 or 16")
    if image.has_transparency_data:
        return image if image.mode in {"LA", "RGBA"} else image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def in_srgb(image: "Image") -> "Image":
    """RGB or RGBA in sRGB; a colour profile that is broken, or not one for these pixels, is ignored."""
    has_alpha = image.mode in {"LA", "RGBA"}
    profile = image.info.get("icc_profile")
    converted = converted_to_srgb(image, profile) if profile else None
    if converted is None:
        return image.convert("RGBA" if has_alpha else "RGB")
    if has_alpha:
        converted.putalpha(image.getchannel("A"))
    return converted


def converted_to_srgb(image: "Image", profile: bytes) -> "Image | None":
    """Return the colours, without transparency; None if they are in sRGB already, or the profile is of no use."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return None
        colours = image.convert({"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode))
        return ImageCms.profileToProfile(colours, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None
