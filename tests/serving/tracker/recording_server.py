"""A site and a collector on one port: serves pages that carry the tracker, and records what it sends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from orchestration.events.event import Event
from serving.tracker.files import tracker_file


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request, as the collector reads it."""

    sent_at: str
    events: list[Event]


class RecordingServer(ThreadingHTTPServer):
    """``answer`` is the collector's status, 0 drops the connection; ``accepted`` holds what was answered 202."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = 202
        self.attributes = ""  # of the script tag
        self.tag = '<script defer src="{0}/dogear.js" data-site="example.org" {1}></script>'
        self.origin = ""  # of the script; by default that of the page
        self.policy = ""  # Content-Security-Policy of pages
        self.head = ""
        self.body = ""
        self.accepted: list[Event] = []
        self.attempts: list[tuple[str, str]] = []  # path with query, content type
        self.scripts: list[str] = []
        self.cookies: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: RecordingServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.lstrip("/").partition("?")[0]
        if name.startswith("dogear"):
            self.server.scripts.append(name)
            return self.reply(200, "text/javascript", tracker_file(name)[0])
        if name == "favicon.ico":
            return self.reply(404, "text/plain", b"")
        page = f"""<!doctype html><title>Title of {self.path}</title>{self.server.head}
            {self.server.tag.format(self.server.origin, self.server.attributes)}
            <body>{self.server.body}</body>"""
        return self.reply(200, "text/html; charset=utf-8", page.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.attempts.append((self.path, self.headers["Content-Type"]))
        self.server.cookies += self.headers.get_all("Cookie", [])
        if self.server.answer == 0:
            self.close_connection = True
            return
        request = msgspec.json.decode(body, type=Request)
        if self.server.answer == 202:
            self.server.accepted += request.events
        self.reply(self.server.answer, "application/json", b'{"accepted": 0, "rejected": []}')

    def reply(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if self.server.policy:
            self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextmanager
def recording_server() -> Iterator[RecordingServer]:
    with RecordingServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
