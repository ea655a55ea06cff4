"""A site whose tracker and collector are on another origin, as most sites have it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SITE = "localhost"


class PageServer(ThreadingHTTPServer):
    """Serves the same page at every path; ``*.pdf`` are files to download."""

    daemon_threads = True

    def __init__(self, collector_url: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.collector_url = collector_url
        self.attributes = ""  # of the script tag
        self.body = ""

    @property
    def url(self) -> str:
        return f"http://{SITE}:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: PageServer

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.endswith(".pdf"):
            self.send_header("Content-Type", "application/pdf")
            self.send_header("Content-Disposition", "attachment")
            self.end_headers()
            self.wfile.write(b"%PDF-1.4")
            return
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        source = f"{self.server.collector_url}/dogear.js"
        page = f"""<!doctype html><title>Page {self.path}</title><style>body {{ margin: 0 }}</style>
            <script defer src="{source}" data-site="{SITE}" {self.server.attributes}></script>
            <body>{self.server.body}</body>"""
        self.wfile.write(page.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextmanager
def page_server(collector_url: str) -> Iterator[PageServer]:
    with PageServer(collector_url) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
