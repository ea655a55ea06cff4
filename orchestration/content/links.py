"""Where the links of a document lead: rows of ``content.links``."""

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import psycopg

from orchestration.content.document import Document
from orchestration.content.rules.url_patterns import canonical
from orchestration.content.site_files import is_markdown
from orchestration.content.sites import Site
from orchestration.resources.copy_rows import copy_rows

COLUMNS = (
    *("content_id", "position", "site", "user_code", "kind", "target", "link_text", "start_offset"),
    *("is_internal", "paths", "files"),
)
LONGEST = 2000
# Files that are pages of their own keep their extension in content.files.
PAGES = (".html", ".htm", ".php")


def insert_links(
    connection: psycopg.Connection, site: Site, content_root: str, documents: Iterable[tuple[str, Document]]
) -> None:
    """Write the links of documents, each given with its path below the content folder."""
    rows = (
        [
            *(document.content_id, position, site.site, site.user_code, link.kind, link.target[:LONGEST], link.text),
            *(link.start, *destination(link.target, document.url_path, file_path, site.site, content_root)),
        ]
        for file_path, document in documents
        for position, link in enumerate(document.outline.links, 1)
    )
    copy_rows(connection, "content.links", COLUMNS, rows)


def destination(
    target: str, url_path: str, file_path: str, site: str, content_root: str
) -> tuple[bool, list[str], list[str]]:
    """Whether a target lies in the site itself, and the URL paths and files (below the site's folder) it may mean.

    A relative target may be meant from the page's URL, with or without a slash at its end, or from its file.
    """
    try:
        parts = urlsplit(target.strip())
        path = unquote(parts.path)
    except ValueError:
        return False, [], []
    if parts.netloc or parts.scheme:
        is_own = parts.scheme in {"http", "https", ""} and without_www(parts.netloc) == without_www(site)
        return is_own, known_paths([path or "/"]) if is_own else [], []
    if not path or "\0" in path or len(path) > LONGEST:
        return False, [], []  # a place on the page itself
    folder = posixpath.dirname(file_path)
    if path.startswith("/"):
        urls = [path]
        files = [posixpath.join(content_root, path.lstrip("/"))]
    else:
        urls = [posixpath.join(url_path, path), posixpath.join(posixpath.dirname(url_path), path)]
        files = [posixpath.join(content_root, folder, path), posixpath.join(content_root, path)]
    files = [file for file in map(posixpath.normpath, files) if not file.startswith("../")]
    if is_markdown(posixpath.basename(path)):
        urls = []
    return True, known_paths(urls), list(dict.fromkeys(files))


def without_www(host: str) -> str:
    return re.sub(r"^www\.|:\d+$", "", host.lower())


def known_paths(urls: Iterable[str]) -> list[str]:
    """The URL paths as ``content.paths`` has them, and files such as page.html as they are."""
    found = (path for url in urls if (path := canonical(posixpath.normpath(url))))
    return list(dict.fromkeys([*found, *(url for url in urls if url.endswith(PAGES))]))
