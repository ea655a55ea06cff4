"""Where the links of a document lead: rows of ``content.links``."""

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import psycopg

from orchestration.content.documents.document import Document
from orchestration.content.documents.rules.conventions import Conventions
from orchestration.content.documents.rules.url_patterns import canonical, is_sound
from orchestration.content.sites import Site
from orchestration.content.sources.site_files import is_markdown
from orchestration.hosts import bare_host
from orchestration.paths import normal_path
from orchestration.resources.copy_rows import copy_rows

COLUMNS = (
    *("content_id", "position", "site", "user_code", "kind", "target", "link_text", "start_offset"),
    *("is_internal", "paths", "files"),
)
LONGEST = 2000
SITE_URL = re.compile(r"^\s*\{\{-?\s*site\.(?:baseurl|url)\s*-?\}\}(?:\{\{-?\s*site\.baseurl\s*-?\}\})?")
FILTERED = re.compile(r"\{\{-?\s*[\"']([^\"']*)[\"']\s*\|\s*(?:relative_url|absolute_url)\s*-?\}\}")
POST_URL = re.compile(r"\{%-?\s*post_url\s+/?([^\s%]+)\s*-?%\}")
# Files that are pages of their own keep their extension in content.files.
PAGES = (".html", ".htm", ".php")


def insert_links(
    connection: psycopg.Connection, site: Site, conventions: Conventions, documents: Iterable[tuple[str, Document]]
) -> None:
    """Write the links of documents, each given with its path below the content folder."""
    rows = (
        [
            *(document.content_id, position, site.site, site.user_code, link.kind, link.target[:LONGEST], link.text),
            *(link.start, *destination(link.target, document.url_path, file_path, site.site, conventions)),
        ]
        for file_path, document in documents
        for position, link in enumerate(document.outline.links, 1)
    )
    copy_rows(connection, "content.links", COLUMNS, rows)


def destination(
    target: str, url_path: str, file_path: str, site: str, conventions: Conventions
) -> tuple[bool, list[str], list[str]]:
    """Return whether a target is in the site itself, and the URL paths and files (in the site's folder) it may mean.

    A relative target may be relative to the page's URL, with or without a slash at its end, or to its file.
    """
    target = without_liquid(target)
    try:
        parts = urlsplit(target.strip())
        path, name = parts.path, unquote(parts.path)
    except ValueError:
        return False, [], []
    if parts.netloc or parts.scheme:
        is_own = parts.scheme in {"http", "https", ""} and bare_host(parts.netloc) == bare_host(site)
        return is_own, known_paths([path or "/"]) if is_own else [], []
    if not path or "\0" in name or len(path) > LONGEST:
        return False, [], []  # a place on the page itself
    folder, content_root = posixpath.dirname(file_path), conventions.content_root
    if path.startswith("/"):
        # Some generators prepend the path below which the site is served, others leave that to the author.
        urls = [path, conventions.below_base(path)]
        files = [posixpath.join(content_root, name.lstrip("/"))]
    else:
        urls = [posixpath.join(url_path, path), posixpath.join(posixpath.dirname(url_path), path)]
        files = [posixpath.join(content_root, folder, name), posixpath.join(content_root, name)]
    files = [file for file in map(posixpath.normpath, files) if not file.startswith("../")]
    if is_markdown(posixpath.basename(name)):
        urls = []
    return True, known_paths(urls), list(dict.fromkeys(files))


def without_liquid(target: str) -> str:
    """Return the target that Jekyll makes of it; other computed targets cannot be known."""
    target = SITE_URL.sub("", target)
    if filtered := FILTERED.fullmatch(target.strip()):
        return filtered[1]
    if post := POST_URL.fullmatch(target.strip()):
        return f"/_posts/{post[1]}.md"
    return "" if "{{" in target or "{%" in target else target


def known_paths(urls: Iterable[str]) -> list[str]:
    """Return the URL paths as ``content.paths`` has them, and files such as page.html as they are."""
    found = (path for url in urls if (path := canonical(posixpath.normpath(url))))
    files = [normal_path(url) for url in urls if url.endswith(PAGES) and is_sound(url)]
    return list(dict.fromkeys([*found, *files]))
