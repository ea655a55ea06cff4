"""Each parser of strangers' text, with a sound sample and the words of its format, for ``bench.fuzz``."""

import atexit
import io
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from orchestration.content.documents.document import read_document
from orchestration.content.documents.links import destination
from orchestration.content.documents.rules.conventions import read_conventions
from orchestration.content.media.images import encode_variants, hush_pillow
from orchestration.errors import DogearError
from orchestration.events.logs.file_identity import head_lines, without_address
from orchestration.events.logs.file_reader import FileReader
from orchestration.events.logs.log_formats import FileFormat, format_of_line
from orchestration.events.logs.log_lines import LineChunk, split_lines
from orchestration.events.user_agents import UserAgents
from serving.collector import masking
from serving.collector.batch import BadBodyError, read_batch
from serving.collector.sender import Sender

ID = UUID(int=1)
PLAIN = read_conventions({}.get)
YAML = "title: A\ntags: [a, b]\ndate: 2026-03-01\nseries:\n  - name: b\n    part: 1\n"
TOML = 'title = "A"\ntags = ["a", "b"]\ndate = 2026-03-01\n[params.a]\nb = {c = 1.5}\n[[menu.main]]\nname = "x"\n'
JSON = '{"title": "A", "tags": ["a", "b"], "date": "2026-03-01", "params": {"a": [1, 2.5, null, true]}}'
MARKDOWN = (
    "# A title\n\nSome *text* with a [link](/a 'b') and ![image](b.png), `code`.\n\n- one\n- two\n\n> quoted\n\n"
    '| a | b |\n| --- | --- |\n| c | d |\n\n```python\nx\n```\n\n<div class="a">b</div>\n\n[x]: /y\n\n'
    '{{< ref "a.md" >}}\n'
)
CSS = "a:hover { fill: url(#g); /* c */ content: '\\201c' } @media (min-width: 9px) { b { color: rgb(1 2 3) } }"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><!-- a --><metadata>m</metadata>'
    f'<style><![CDATA[{CSS}]]></style><g id="g" fill="url(#b)" style="{CSS[:28]}"><path d="M0 0"/></g></svg>'
)
AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/115.0.0.0 Safari/537.36"
)
LINES: dict[FileFormat, str] = {
    "access_log": f"192.0.2.7 - - [01/Mar/2026:10:00:00 +0000] "
    f'"GET /a?b=c HTTP/1.1" 200 9 "https://a.example/" "{AGENT}"',
    "nginx_json": '{"remote_addr":"192.0.2.7","time_iso8601":"2026-03-01T10:00:00+00:00","request":"GET /a HTTP/1.1",'
    f'"status":"200","body_bytes_sent":"9","http_referer":"-","http_user_agent":"{AGENT}"}}',
    "caddy_json": '{"ts":1772359200.1,"request":{"remote_ip":"192.0.2.7","method":"GET","host":"a.example","uri":"/a",'
    f'"headers":{{"User-Agent":["{AGENT}"]}}}},"status":200,"size":9}}',
    "cloudfront": "2026-03-01\t10:00:00\t192.0.2.7\tGET\t/a\t200\t9\t-\tMozilla/5.0%2520(X11)",
}
FIELDS = "#Fields: date time c-ip cs-method cs-uri-stem sc-status sc-bytes cs(Referer) cs(User-Agent)"
BATCH = (
    '{"events": [{"type": "page_view", "data": {"occurred_at": "2026-03-01T10:00:00Z", "page_url": "https://a.example/b",'
    ' "properties": {"a": "b@c.example", "d": [1, {"e": null}]}}}]}'
)


@dataclass(frozen=True)
class Parser:
    """``read`` raises nothing but what it is meant to, which is passed over."""

    read: Callable[[str], object]
    sample: str
    words: tuple[str, ...]


def front_matter(mark: str, written: str) -> object:
    return document(f"{mark}\n{written}\n{mark}\n" if mark else written)


def document(text: str, path: str = "blog/2026-03-01-a.md", conventions: Any = PLAIN) -> object:
    return read_document(ID, path, text.encode("utf-8", "replace"), conventions, "a.example")


def configuration(name: str, written: str) -> object:
    conventions = read_conventions({name: written.encode("utf-8", "replace")}.get)
    return document(f"---\ntitle: A B\n---\n{MARKDOWN}", conventions=conventions)


def permalink(written: str) -> object:
    """A pattern of a site, and whatever front matter may say of URLs."""
    pattern = written[:100_000].encode("unicode_escape").decode().replace('"', "")
    conventions = read_conventions({"hugo.toml": f"[permalinks]\nblog = '''/{pattern}'''\n".encode()}.get)
    matter = dict.fromkeys(("slug", "url", "permalink", "title", "date", "category"), written)
    aliases = {"aliases": [written, *written.split("/")], "categories": written}
    return conventions.url_path("blog/a.md", {**matter, **aliases}, None), conventions.aliases("blog/a.md", aliases)


def lines_of(file_format: FileFormat, written: str) -> object:
    """What an import does with lines; up to where they become events."""
    before = [FIELDS] if file_format == "cloudfront" else []
    chunk = LineChunk(1, [*before, *split_lines(written.encode("utf-8", "replace"))], len(written))
    reader, head = reader_of(file_format), head_lines(chunk)
    for line in head:
        format_of_line(line), without_address(line, file_format)
    reader.named_fields(head)
    reader.read(chunk)
    return None


@cache
def reader_of(file_format: FileFormat) -> FileReader:
    """Open a reader for all inputs, until the process ends: to open one takes longer than to read most of them."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return FileReader("a.example", file_format, lambda days: dict.fromkeys(days, b"s"), Path(folder), "1GB")


def image(data: str) -> object:
    return encode_variants(data.encode("latin-1", "replace"))


def image_of(file_format: str) -> str:
    from PIL import Image

    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue", "green")]
    buffer = io.BytesIO()
    animated = {"save_all": True, "append_images": frames[1:]} if file_format in {"GIF", "WEBP", "PNG"} else {}
    frames[0].save(buffer, file_format, **animated)
    return buffer.getvalue().decode("latin-1")


def batch(body: str) -> object:
    sender = Sender("a.example", "ada", "192.0.2.7", AGENT)
    return read_batch(body.encode("utf-8", "replace"), sender, datetime(2026, 3, 1, 10, tzinfo=UTC), lambda _: b"salt")


def parsers() -> dict[str, Parser]:
    """By name."""
    hush_pillow()
    pixels = ("\xff\xda", "\xff\xd8", "IDAT", "fdAT", ",", "\x21\xf9", "ANMF")
    images = {
        f"image {kind}": Parser(image, image_of(kind), pixels)
        for kind in ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
    }
    json = ('{"', '":', "[", "{", "}", "1e9", "\\u0000", "\\ud800", "null,", "1.5,")
    yaml = ("- ", "? ", "a: ", "&a ", "*a ", "<<: ", "!!int ", "|\n", "1:1", "0x", "---\n", "{a: ", "[", "\n  ")
    toml = ("a.", '"a".', "[a.", "[[", "={", '"""', "'''", "#", "1979-05-27T", "0x", "inf,", "\na=")
    marks = (
        "[a](",
        "![",
        "](",
        "<a href=",
        "<!--",
        "<script>",
        "```",
        "- ",
        "> ",
        "| ",
        "{{<",
        "{%",
        "[^1]",
        "**",
        "&amp;",
    )
    svg = ("<g>", "</g>", "<!--", "<![CDATA[", "<?xml", "<style>", "url(", "/*", "@a", "&amp;", ' a="', "xmlns:a='b' ")
    address = ("a@b.c", "%40", "\\u0040", "192.0.2.7", "::", "%2540", "[email]", "%3A")
    logs = (" - ", "[01/Mar/2026:10:00:00 +0000] ", '"GET ', ' HTTP/1.1" ', "%2525", "\t", '\\"', "192.0.2.7 ", "::")
    agents = ("Mozilla/5.0 ", "(X11; ", "Chrome/1.", "Safari/", "bot", "Android ", "; ", "Windows NT ", "Version/")
    urls = (":year", ":sections[", ":slug_", "/..", "//", "%2e", "://", "{{ site.url }}", "?a=", "www.", "[::1]")
    return {
        "front matter YAML": Parser(partial(front_matter, "---"), YAML, yaml),
        "front matter TOML": Parser(partial(front_matter, "+++"), TOML, toml),
        "front matter JSON": Parser(partial(front_matter, ""), JSON, json),
        "markdown": Parser(document, MARKDOWN, marks),
        "markdown MDX": Parser(
            partial(document, path="a.mdx"), f"import A from 'b'\n{MARKDOWN}", (*marks, "\nimport ")
        ),
        **{name: Parser(partial(configuration, name), TOML, toml) for name in ("dogear.toml", "hugo.toml")},
        **{name: Parser(partial(configuration, name), YAML, yaml) for name in ("hugo.yaml", "_config.yml")},
        "hugo.json": Parser(partial(configuration, "hugo.json"), JSON, json),
        "URL patterns": Parser(permalink, "/:year/:month/:slug/", urls),
        "links": Parser(lambda text: destination(text, "/a", "a.md", "a.example", PLAIN), "/a/b?c#d", urls),
        "user agents": Parser(UserAgents().of, AGENT, agents),
        **{f"log {kind}": Parser(partial(lines_of, kind), line, logs) for kind, line in LINES.items()},
        "SVG": Parser(image, SVG, svg),
        **images,
        "batch": Parser(batch, BATCH, (*json, *address)),
        "masking": Parser(lambda text: masking.without_any_ip(masking.masked(text, "2001:db8::7")), BATCH, address),
    }


def read_quietly(parser: Parser, text: str) -> None:
    """Read the text; a refusal in our own words is as good as an answer."""
    with suppress(DogearError, BadBodyError):
        parser.read(text)
