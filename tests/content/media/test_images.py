"""Bytes of one image in, the pictures that are published of it out."""

import io
import struct
import warnings
import zlib
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from orchestration.content.media.images import encode_variants, hush_pillow
from orchestration.errors import DogearError

RED, BLUE = (230, 20, 20), (20, 20, 230)


def saved(image: Image.Image, file_format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def red_above_blue(width: int, height: int, mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (width, height), BLUE)
    ImageDraw.Draw(image).rectangle((0, 0, width, height // 2 - 1), fill=RED)
    return image.convert(mode)


def pictures(data: bytes) -> dict[str, Any]:
    """Return each variant as Pillow opens it, which gives animations more than an image has."""
    return {variant.name: Image.open(io.BytesIO(variant.data)) for variant in encode_variants(data).variants}


def near(pixel, colour, tolerance=12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=False))


def test_a_photograph_comes_upright_smaller_and_without_its_place():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right by 90°
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0)})
    data = saved(red_above_blue(3000, 2500), "JPEG", exif=exif, comment=b"at home")
    assert b"Exif" in data
    image = encode_variants(data)
    assert (image.mime_type, image.width, image.height) == ("image/jpeg", 2500, 3000)
    assert [(v.name, v.format, v.width, v.height) for v in image.variants] == [
        ("full", "webp", 2048, 2458),
        ("w640", "webp", 640, 768),
        ("w320", "webp", 320, 384),
    ]
    for variant in image.variants:
        assert not any(chunk in variant.data for chunk in (b"EXIF", b"ICCP", b"XMP ", b"home"))
        with Image.open(io.BytesIO(variant.data)) as picture:
            assert near(picture.getpixel((picture.width - 5, 5)), RED)
            assert near(picture.getpixel((5, 5)), BLUE)


def test_tiff_is_turned_once():
    exif = Image.Exif()
    exif[0x0112] = 6
    image = encode_variants(saved(red_above_blue(100, 60), "TIFF", exif=exif))
    assert (image.width, image.height) == (image.variants[0].width, image.variants[0].height) == (60, 100)


def test_drawings_stay_as_they_are_drawn_and_photographs_do_not():
    drawing = red_above_blue(300, 200).quantize(8)
    assert b"VP8L" in encode_variants(saved(drawing, "PNG")).variants[0].data
    assert pictures(saved(drawing, "PNG"))["full"].convert("RGB").tobytes() == drawing.convert("RGB").tobytes()
    noise = Image.merge("RGB", [Image.effect_noise((300, 200), 80) for _ in range(3)])
    assert b"VP8 " in encode_variants(saved(noise, "PNG")).variants[0].data


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_kept(mode):
    image = Image.new("RGBA", (700, 100), (200, 200, 200, 0))
    ImageDraw.Draw(image).rectangle((0, 0, 349, 99), fill=(200, 200, 200, 255))
    data = saved(image.quantize() if mode == "P" else image.convert(mode), "PNG")
    for picture in pictures(data).values():
        alpha = picture.convert("RGBA").getchannel("A")
        assert alpha.getpixel((5, 5)) == 255
        assert alpha.getpixel((picture.width - 5, 5)) == 0


@pytest.mark.parametrize(
    ("mode", "file_format"),
    [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("LAB", "TIFF"), ("YCbCr", "TIFF"), ("RGB", "AVIF"), ("RGB", "BMP")],
)
def test_colours_of_any_kind_come_as_rgb(mode, file_format):
    image: Image.Image | None = red_above_blue(60, 60)
    if mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        image = ImageCms.profileToProfile(image, ImageCms.createProfile("sRGB"), lab, outputMode="LAB")
    assert image
    picture = pictures(saved(image.convert(mode), file_format))["full"]
    assert near(picture.getpixel((30, 10)), RED, 45)
    assert near(picture.getpixel((30, 50)), BLUE, 45)


def test_grey_of_one_and_of_sixteen_bits():
    assert pictures(saved(Image.new("1", (40, 40), 1), "PNG"))["full"].getpixel((9, 9)) == (255, 255, 255)
    for value in (0, 32768, 65535):
        data = saved(Image.new("I;16", (40, 40), value), "PNG")
        assert near(pictures(data)["full"].getpixel((9, 9)), (value // 256,) * 3, 2)
    with pytest.raises(DogearError, match="32 bits"):
        encode_variants(saved(Image.new("F", (4, 4), 0.5), "TIFF"))


def test_a_colour_profile_is_followed_and_a_broken_one_is_not():
    # A profile in which what is written as red is shown as blue: the primaries of sRGB, exchanged.
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags: dict[bytes, int] = {}
    for number in range(struct.unpack(">I", profile[128:132])[0]):
        at = 132 + 12 * number
        tags[bytes(profile[at : at + 4])] = at
    red, blue = (bytes(profile[tags[name] + 4 : tags[name] + 12]) for name in (b"rXYZ", b"bXYZ"))
    profile[tags[b"rXYZ"] + 4 : tags[b"rXYZ"] + 12], profile[tags[b"bXYZ"] + 4 : tags[b"bXYZ"] + 12] = blue, red
    profile = profile.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    image = Image.new("RGB", (40, 40), RED)
    assert near(pictures(saved(image, "PNG", icc_profile=bytes(profile)))["full"].getpixel((9, 9)), BLUE)
    assert near(pictures(saved(image, "PNG", icc_profile=b"broken"))["full"].getpixel((9, 9)), RED)


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_one_and_its_thumbnails_are_of_the_first_frame(file_format):
    frames = [Image.new("RGB", (700, 50), colour) for colour in (RED, BLUE, (20, 200, 20))]
    data = saved(frames[0], file_format, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0)
    found = pictures(data)
    assert (found["full"].n_frames, found["full"].info["loop"]) == (3, 0)
    found["full"].seek(1)
    assert near(found["full"].convert("RGB").getpixel((9, 9)), BLUE)
    assert found["full"].info["duration"] == 200
    assert found["w640"].n_frames == 1
    assert near(found["w640"].convert("RGB").getpixel((9, 9)), RED)
    wide = [frame.resize((2500, 50)) for frame in frames]
    data = saved(wide[0], file_format, save_all=True, append_images=wide[1:], duration=100)
    full = pictures(data)["full"]
    assert (full.size, full.n_frames) == ((2048, 41), 3)


def test_many_frames_are_refused():
    frames = [Image.new("L", (1, 1), number % 2 * 255) for number in range(1002)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    with pytest.raises(DogearError, match="more than 1,000"):
        encode_variants(data)


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims a size, without any pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 1000) + b"IDAT"


def jpeg_of(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG that draws its last scan again and again."""
    data = saved(Image.new("L", (width, height), 9), "JPEG", progressive=True).removesuffix(b"\xff\xd9")
    return data + data[data.rindex(b"\xff\xda") :] * scans + b"\xff\xd9"


def test_a_jpeg_of_usual_scans_is_large_and_quick():
    assert [variant.width for variant in encode_variants(jpeg_of(5000, 5000, scans=20)).variants] == [2048, 640, 320]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"Just a text.\n" * 50, "no image"),
        (saved(Image.effect_noise((300, 300), 80), "JPEG")[:2000], "truncated"),
        (saved(Image.effect_noise((300, 300), 80), "PNG")[:2000], "truncated"),
        (saved(Image.effect_noise((300, 300), 80), "WEBP")[:2000], "cannot be decoded"),
        (png_of(5000, 5001), "5000 × 5001 are more than 25,000,000 pixels"),
        (png_of(10000, 10000), "10000 × 10000 are more than 25,000,000 pixels"),
        (png_of(2**31 - 1, 2**31 - 1), "more than 60,000,000 pixels"),
        (saved(Image.new("L", (5000, 2501)), "WEBP", method=0), "5000 × 2501 are more than 12,500,000 pixels"),
        (png_of(50, 50), "cannot be decoded"),
        (jpeg_of(2000, 1000, scans=600), "a JPEG of 6\\d\\d scans"),
        (jpeg_of(9, 9, scans=2000), "a JPEG of 2,0\\d\\d scans"),
        (b"GIF89a" + bytes(2000), "cannot be decoded|no image"),
    ],
)
def test_what_is_no_picture_is_said_in_one_line_and_without_warnings(data, reason):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hush_pillow()
        with pytest.raises(DogearError, match=reason) as refused:
            encode_variants(data)
    assert not caught
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP"])
def test_any_damage_ends_in_a_picture_or_a_reason(file_format):
    data = saved(red_above_blue(64, 64), file_format)
    for at in range(0, len(data), max(1, len(data) // 60)):
        for damaged in (data[:at], data[:at] + b"\xff\x00\xff" + data[at + 3 :], data[:at] + data[at + 9 :]):
            with suppress(DogearError):
                assert encode_variants(damaged).variants
