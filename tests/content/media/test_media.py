"""A site's image files in, rows of ``content.media`` and published files out."""

import io
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer
from PIL import Image, ImageDraw

from orchestration.content.media.images import is_image
from orchestration.content.media.sync_media import MediaSummary, sync_media
from orchestration.content.sources.site_files import SiteFile
from orchestration.errors import DogearError
from orchestration.settings import PROJECT_ROOT
from tests.installation import bare_environment


def drawing(width: int, height: int, seed: int = 0) -> Image.Image:
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(image).ellipse((seed, 0, width // 2 + seed, height), fill=(seed % 256, 90, 20))
    return image


def write(folder: Path) -> Path:
    """A site with an image of each kind, and some that are none."""
    exif = Image.Exif()
    exif[0x0112] = 8
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0)})
    (folder / "blog/trip").mkdir(parents=True)
    drawing(1200, 800).save(folder / "blog/trip/photo.JPG", exif=exif)
    drawing(400, 300).convert("CMYK").save(folder / "print.jpg")
    drawing(400, 300).quantize(16).save(folder / "palette.png")
    Image.new("RGBA", (50, 50), (9, 9, 9, 0)).save(folder / "alpha.png")
    drawing(90, 90).save(folder / "moves.gif", save_all=True, append_images=[drawing(90, 90, 40)], duration=80)
    (folder / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="8"/>')
    (folder / "bad.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><use href="a.svg"/></svg>')
    (folder / "cut.jpg").write_bytes((folder / "blog/trip/photo.JPG").read_bytes()[:6000])
    (folder / "empty.webp").write_bytes(b"")
    (folder / "text.png").write_text("no picture at all")
    (folder / "notes.md").write_text("# No image")
    return folder


def site_files(folder: Path, read=Path.read_bytes) -> list[tuple[SiteFile, str]]:
    def site_file(file: Path) -> SiteFile:
        stat = file.stat()
        path, tag = str(file.relative_to(folder)), f"{stat.st_size} {stat.st_mtime_ns}"
        return SiteFile(path, tag, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC), lambda: read(file))

    found = [site_file(file) for file in sorted(folder.rglob("*")) if is_image(file.name)]
    return [(file, f"/{file.path}") for file in found]


def unreadable(file: Path) -> bytes:
    raise AssertionError(f"{file} is read again")


def rows(database_url: str, columns: str, where: str = "true") -> list[tuple]:
    question = f"select {columns} from content.media where {where} order by site, file_path"
    with psycopg.connect(database_url) as connection:
        return connection.execute(question.encode()).fetchall()


def published_files(storage: Path) -> dict[str, int]:
    return {str(file.relative_to(storage)): file.stat().st_mtime_ns for file in storage.rglob("*") if file.is_file()}


def variants(database_url: str, where: str = "true") -> list[dict]:
    return [variant for (row,) in rows(database_url, "variants", where) for variant in row]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site")


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    return tmp_path / "published"


def test_each_image_is_published_or_says_why_not(database_url, site, storage):
    progress: list[tuple[int, int]] = []
    summary = sync_media(
        database_url, "example.org", "ada", site_files(site), str(storage), lambda *done: progress.append(done)
    )
    assert (summary.published, summary.unchanged, summary.deleted, summary.failed) == (6, 0, 0, 4)
    assert progress == [(number, 10) for number in range(1, 11)]
    errors = dict(rows(database_url, "file_path, error_message", "status = 'error' and variants = '[]'"))
    assert {path: reason.split(":")[0] for path, reason in errors.items()} == {
        "bad.svg": "its element use refers to 'a.svg', outside of it",
        "cut.jpg": "cannot be decoded",
        "empty.webp": "empty",
        "text.png": "its content is that of no image (JPEG, PNG, GIF, WEBP, AVIF, BMP, TIFF or SVG)",
    }
    assert rows(database_url, "file_path, url_path, mime_type, width, height", "status = 'published'") == [
        ("alpha.png", "/alpha.png", "image/png", 50, 50),
        ("blog/trip/photo.JPG", "/blog/trip/photo.JPG", "image/jpeg", 800, 1200),
        ("logo.svg", "/logo.svg", "image/svg+xml", 9, 8),
        ("moves.gif", "/moves.gif", "image/gif", 90, 90),
        ("palette.png", "/palette.png", "image/png", 400, 300),
        ("print.jpg", "/print.jpg", "image/jpeg", 400, 300),
    ]
    [(digest, photo)] = rows(database_url, "content_hash, variants", "file_path like 'blog/%'")
    assert [(v["name"], v["key"], v["width"], v["height"]) for v in photo] == [
        ("full", f"{digest[:2]}/{digest[:32]}/r2/full.webp", 800, 1200),
        ("w640", f"{digest[:2]}/{digest[:32]}/r2/w640.webp", 640, 960),
        ("w320", f"{digest[:2]}/{digest[:32]}/r2/w320.webp", 320, 480),
    ]
    assert set(published_files(storage)) == {variant["key"] for variant in variants(database_url)}
    for variant in variants(database_url):
        data = (storage / variant["key"]).read_bytes()
        assert len(data) == variant["bytes"]
        if variant["format"] == "webp":
            assert Image.open(io.BytesIO(data)).size == (variant["width"], variant["height"])
    full = [row[0]["bytes"] for (row,) in rows(database_url, "variants", "status = 'published'")]
    sizes = [size for (size,) in rows(database_url, "file_size", "status = 'published'")]
    assert (summary.bytes_before, summary.bytes_after) == (sum(sizes), sum(full))


def test_what_is_unchanged_is_not_touched(database_url, site, storage):
    sync_media(database_url, "example.org", "ada", site_files(site), str(storage))
    before = rows(database_url, "xmin, *"), published_files(storage)
    again = sync_media(database_url, "example.org", "ada", site_files(site, unreadable), str(storage))
    assert again == MediaSummary(published=0, unchanged=6, deleted=0, failed=4)
    assert (rows(database_url, "xmin, *"), published_files(storage)) == before
    # A new time with the old content: read, and nothing else.
    os.utime(site / "palette.png", (0, 0))
    sync_media(database_url, "example.org", "ada", site_files(site), str(storage))
    columns = "file_path, published_at, variants"
    changed = rows(database_url, "file_path, source_tag", "source_tag like '% 0'")
    assert [path for path, _ in changed] == ["palette.png"]
    assert published_files(storage) == before[1]
    # Another URL: not even read.
    kept = rows(database_url, columns)
    moved = [(file, f"/static{url}") for file, url in site_files(site, unreadable)]
    assert sync_media(database_url, "example.org", "ada", moved, str(storage)).unchanged == 6
    assert rows(database_url, columns) == kept
    assert rows(database_url, "url_path", "file_path = 'alpha.png'") == [("/static/alpha.png",)]


def test_images_change_move_break_and_go(database_url, site, storage):
    sync_media(database_url, "example.org", "ada", site_files(site), str(storage))
    before = published_files(storage)
    drawing(500, 300, 7).save(site / "palette.png")
    (site / "blog/trip/photo.JPG").rename(site / "blog/renamed.jpg")
    (site / "print.jpg").write_bytes(b"broken")
    (site / "logo.svg").unlink()
    summary = sync_media(database_url, "example.org", "ada", site_files(site), str(storage))
    assert (summary.published, summary.unchanged, summary.deleted, summary.failed) == (2, 2, 2, 5)
    assert rows(database_url, "status, variants, published_at, width", "file_path = 'print.jpg'") == [
        ("error", [], None, None)
    ]
    after = published_files(storage)
    assert before.items() <= after.items(), "pages that are out may show what was published once"
    new = {variant["key"] for variant in variants(database_url, "file_path = 'palette.png'")}
    assert after.keys() - before.keys() == new
    assert variants(database_url, "file_path = 'blog/renamed.jpg'")[0]["key"] in before
    # Once corrected, it is published again; another storage gets everything.
    drawing(400, 300).convert("CMYK").save(site / "print.jpg")
    assert sync_media(database_url, "example.org", "ada", site_files(site), str(storage)).published == 1
    elsewhere = storage.with_name("elsewhere")
    assert sync_media(database_url, "example.org", "ada", site_files(site), str(elsewhere)).published == 5
    assert published_files(elsewhere).keys() == {variant["key"] for variant in variants(database_url)}


def test_a_file_that_cannot_be_read_is_tried_again(database_url, site, storage):
    def locked(file: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    sync_media(database_url, "example.org", "ada", site_files(site, locked), str(storage))
    assert set(rows(database_url, "error_message", "file_path <> 'x'")) == {("cannot be opened: Permission denied",)}
    assert sync_media(database_url, "example.org", "ada", site_files(site), str(storage)).published == 6


def test_a_storage_that_takes_nothing_is_named(database_url, site, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(DogearError, match=r"/file/below takes no files: Not a directory\. Check that it is a folder"):
        sync_media(database_url, "example.org", "ada", site_files(site), str(tmp_path / "file/below"))
    with pytest.raises(DogearError, match=r"nothing://host/a cannot be used") as refused:
        sync_media(database_url, "example.org", "ada", site_files(site), "nothing://user@host/a?key=secret")
    assert "secret" not in str(refused.value)
    with pytest.raises(DogearError, match=r"holds a password: leave it to AWS_") as refused:
        sync_media(database_url, "example.org", "ada", site_files(site), "s3://key:secret@bucket/a")
    assert "secret" not in str(refused.value)
    assert sync_media(database_url, "example.org", "ada", site_files(site), "memory://media").published == 6


KILLED = """
import sys
from pathlib import Path
from orchestration.content.media.sync_media import sync_media
from tests.content.media.test_media import site_files
url, site, storage = sys.argv[1:]
sync_media(url, "example.org", "ada", site_files(Path(site)), storage, lambda done, _: print(done, flush=True))
"""


def test_a_sync_that_is_killed_loses_only_what_it_was_at(database_url, tmp_path, storage):
    (tmp_path / "site").mkdir()
    for number in range(16):
        drawing(1400, 900, number).save(tmp_path / f"site/{number:02}.jpg")
    arguments = [sys.executable, "-c", KILLED, database_url, str(tmp_path / "site"), str(storage)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=PROJECT_ROOT, env=bare_environment()) as process:
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        process.kill()
    done = len(rows(database_url, "file_path"))
    assert 5 <= done < 16
    assert all((storage / variant["key"]).exists() for variant in variants(database_url))
    shown = [file for file in storage.rglob("*.webp") if file.is_file()]
    assert all(Image.open(file).load() for file in shown), "no half file"
    summary = sync_media(database_url, "example.org", "ada", site_files(tmp_path / "site"), str(storage))
    assert (summary.published, summary.unchanged) == (16 - done, done)
    assert all(Image.open(storage / variant["key"]).load() for variant in variants(database_url))
    assert len(variants(database_url)) == 48


def test_two_syncs_at_once_do_the_work_once(database_url, site, storage):
    read: list[str] = []

    def counted(file: Path) -> bytes:
        read.append(file.name)
        return file.read_bytes()

    def sync(_: int) -> MediaSummary:
        return sync_media(database_url, "example.org", "ada", site_files(site, counted), str(storage))

    with ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(sync, range(2)), key=lambda summary: summary.unchanged)
    assert (first.published, second.published, second.unchanged) == (6, 0, 6)
    assert set(Counter(read).values()) == {1}


@pytest.fixture
def s3(monkeypatch):
    """A client of an S3 server, which the environment names."""
    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield boto3.client("s3")
    server.stop()


def test_s3(database_url, site, s3, monkeypatch):
    def sync(read=Path.read_bytes) -> MediaSummary:
        return sync_media(database_url, "example.org", "ada", site_files(site, read), "s3://media/of/ada/")

    with pytest.raises(DogearError, match=r"s3://media/of/ada takes no files: .*bucket.* Check that the bucket exists"):
        sync()
    s3.create_bucket(Bucket="media")
    assert sync().published == 6
    found = {item["Key"]: item for item in s3.list_objects_v2(Bucket="media")["Contents"]}
    assert {key: item["Size"] for key, item in found.items()} == {
        f"of/ada/{variant['key']}": variant["bytes"] for variant in variants(database_url)
    }
    for key in found:
        head = s3.head_object(Bucket="media", Key=key)
        assert head["CacheControl"] == "public, max-age=31536000, immutable"
        assert head["ContentType"] == ("image/svg+xml" if key.endswith(".svg") else "image/webp")
    assert sync(unreadable).unchanged == 6
    again = {item["Key"]: item for item in s3.list_objects_v2(Bucket="media")["Contents"]}
    assert again == found
    # The server goes away: what was published stays recorded.
    drawing(500, 300, 7).save(site / "palette.png")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(DogearError, match="s3://media/of/ada takes no files") as refused:
        sync()
    assert "very-secret" not in str(refused.value)
    assert len(rows(database_url, "file_path", "status = 'published'")) == 6
