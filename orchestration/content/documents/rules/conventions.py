"""The conventions of a site: what its documents are, their types, and the URLs under which visitors see them."""

import hashlib
import posixpath
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from orchestration.content.documents.rules.dogear_toml import DogearToml, TypeRule, read_dogear_toml
from orchestration.content.documents.rules.generators import Astro, Eleventy, Plain
from orchestration.content.documents.rules.hugo_urls import find_hugo_config, read_hugo
from orchestration.content.documents.rules.jekyll_urls import read_jekyll
from orchestration.content.documents.rules.site_config import Read, find_config, folder_below, texts_in
from orchestration.content.documents.rules.url_patterns import (
    LONGEST_URL_PATH,
    canonical,
    expand,
    longest_prefix,
    stem_of,
    without_query,
    written_date,
    written_text,
)
from orchestration.errors import DogearError
from orchestration.paths import normal_path, page_path

# Bump with every change that gives a document another type or URL: all documents are read again.
READER = 2
GENERATORS = ("hugo", "jekyll", "astro", "eleventy", "plain")
MOST_ALIASES = 100
TOKENS = sorted(Plain().values("x.md", {}, None))
CONFIG_FILES = {
    "astro": [f"astro.config.{ending}" for ending in ("mjs", "js", "ts", "mts", "cjs")],
    "eleventy": [".eleventy.js", *(f"eleventy.config.{ending}" for ending in ("js", "mjs", "cjs", "ts"))],
}


@dataclass(frozen=True)
class Conventions:
    """Paths of documents are below ``content_root``, which is below the site's folder; "" is all of it.

    ``static_folders`` pairs a folder below the site's with the URL path it is served at. ``digest`` is another one when
    documents may have another type or URL.
    """

    generator: str
    content_root: str
    static_folders: tuple[tuple[str, str], ...]
    digest: str
    rules: Plain
    types: tuple[TypeRule, ...] = ()

    def is_document(self, path: str) -> bool:
        """Return whether the Markdown file is one that the site shows."""
        return self.rules.is_document(path)

    def is_published(self, path: str) -> bool:
        """Return whether a page is made of the document; Jekyll makes none of drafts and inner collections."""
        return self.rules.is_published(path)

    @property
    def words_between(self) -> str | None:
        """The separator of tags in one text, if it is not a comma."""
        return self.rules.words_between

    def content_type(self, path: str) -> str:
        """Return the type by ``dogear.toml``, else by the generator: the first folder, or ``page`` outside of any."""
        owners = self.owners
        folder = longest_prefix(self.rules.in_language(path)[1], list(owners)) if owners else None
        return self.rules.content_type(path) if folder is None else owners[folder]

    @cached_property
    def owners(self) -> dict[str, str]:
        """The type that ``dogear.toml`` gives a folder, by folder."""
        return {folder: rule.name for rule in self.types for folder in rule.folders}

    def url_path(self, path: str, front_matter: Mapping[str, Any], published_at: datetime | None) -> str:
        """Return the path of the document's URL as visits are compared with it; / is the home page at the root."""
        return page_path(self.below_base(self.inner_path(path, front_matter, published_at)))

    def below_base(self, path: str) -> str:
        """Return a path of the site as the host serves it."""
        return normal_path(f"{self.rules.base_path}{path}")

    def inner_path(self, path: str, front_matter: Mapping[str, Any], published_at: datetime | None) -> str:
        """Return the same without the path below which the host serves the site.

        From the front matter, else ``dogear.toml``, else the generator's own rule, else the file's path.
        """
        full = self.rules.with_defaults(path, front_matter)
        at = written_date(full, self.rules.zone) or published_at or self.file_date(path)
        return (
            self.written_path(front_matter)
            or self.path_of_type(path, full, at)
            or self.written_path(full)
            or self.rules.own_url(path, full, at)
        )

    def written_path(self, front_matter: Mapping[str, Any]) -> str | None:
        """Return ``url`` or ``permalink``, if it is a path and neither a pattern nor a template."""
        for name in ("url", "permalink"):
            written = written_text(front_matter, name)
            is_path = (
                written and (written.startswith("/") or name == self.rules.rooted_name) and written[:1] not in "?#"
            )
            if written and is_path and not re.search("[:{]", written) and written not in self.rules.styles:
                path = canonical(without_query(written))
                if path:
                    return path
        return None

    def path_of_type(self, path: str, front_matter: Mapping[str, Any], at: datetime | None) -> str | None:
        """Return the URL by the pattern of the document's type; None for the page that lists a folder's documents."""
        content_type = self.content_type(path)
        rule = next((rule for rule in self.types if rule.name == content_type and rule.url), None)
        prefix, inside = self.rules.in_language(path)
        if rule is None or rule.url is None or is_list(inside, rule.folders or (rule.name,)):
            return None
        url = expand(rule.url, self.rules.values(path, front_matter, at))
        return url and (f"{prefix}{url}".rstrip("/") or "/")

    def aliases(self, path: str, front_matter: Mapping[str, Any]) -> list[str]:
        """Return other paths that lead to the document: Hugo's ``aliases``, Jekyll's ``redirect_from``.

        At most 100; entries that are no text, or no path, are skipped.
        """
        aliases, redirects = texts_in(front_matter.get("aliases")), texts_in(front_matter.get("redirect_from"))
        if not aliases and not redirects:
            return []
        url = page_path(self.inner_path(path, front_matter, None))
        parent = url.rpartition("/")[0]
        written = [*((parent, alias) for alias in aliases), *(("", alias) for alias in redirects)]
        found = (alias_path(alias, below) for below, alias in written[: 10 * MOST_ALIASES])
        others = [alias for alias in dict.fromkeys(found) if alias and alias != url]
        return [page_path(self.below_base(alias)) for alias in others[:MOST_ALIASES]]

    def file_date(self, path: str) -> datetime | None:
        """Return UTC midnight of the date in the file's name, if the generator dates files by name."""
        return self.rules.name_of(path)[0]

    def file_slug(self, path: str) -> str:
        """Return the file's name, or that of its folder for an ``index``, without date, language and extension."""
        return self.rules.name_of(path)[1]


def is_list(path: str, folders: Collection[str]) -> bool:
    """Return whether the file is the page of one of ``folders``, or of the site's, and not a page bundle."""
    folder, _, name = path.rpartition("/")
    return stem_of(name) == "_index" or (stem_of(name) == "index" and (not folder or folder in folders))


def alias_path(written: str, parent: str) -> str | None:
    """Return the canonical path of an alias, which may be a full URL, or relative to ``parent``."""
    if len(written) > 4 * LONGEST_URL_PATH:
        return None
    if re.match(r"(https?:)?//", written, re.IGNORECASE):
        try:
            return canonical(posixpath.normpath(urlsplit(written).path or "/"))
        except ValueError:
            return None
    path = without_query(written)
    if not path or re.match(r"[a-z][a-z0-9+.-]*:", path, re.IGNORECASE):
        return None
    return canonical(posixpath.normpath(path if path.startswith("/") else f"/{parent}/{path}"))


def read_conventions(read: Read, content_root: str | None = None) -> Conventions:
    """Return the conventions of the site whose files ``read`` returns (None for a missing one).

    ``content_root`` overrides the folder of its Markdown files. Raises DogearError if ``dogear.toml`` is wrong; a
    generator's configuration that is broken counts as its defaults.
    """
    said = read_dogear_toml(read, GENERATORS, TOKENS)
    root = said.content
    if content_root is not None:
        root = folder_below(content_root)
        if root is None:
            raise DogearError(f"The content folder {content_root[:80]!r} is not below the site's folder.")
    generator, rules = read_rules(read, said, root)
    digest = hashlib.sha256(
        repr((READER, generator, rules, said.types)).encode("utf-8", "backslashreplace")
    ).hexdigest()
    static = rules.static_folders if said.static is None else said.static
    return Conventions(generator, rules.content_root, static, digest[:16], rules, said.types)


def read_rules(read: Read, said: DogearToml, root: str | None) -> tuple[str, Plain]:
    """Return the generator, by ``dogear.toml`` or its configuration file, and its rules."""
    hugo = find_hugo_config(read, said.generator == "hugo") if said.generator in (None, "hugo") else None
    if hugo is not None or said.generator == "hugo":
        return "hugo", read_hugo(hugo or {}, root)
    jekyll = find_config(read, ["_config.yml", "_config.yaml", "_config.toml"])
    if said.generator == "jekyll" or (said.generator is None and jekyll is not None):
        return "jekyll", read_jekyll(jekyll or {}, root)
    found = (name for name, files in CONFIG_FILES.items() if any(read(file) is not None for file in files))
    generator = said.generator or next(found, "plain")
    if generator == "astro":
        return generator, Astro() if root is None else Astro(root)
    kind = Eleventy if generator == "eleventy" else Plain
    return generator, kind(root or "", ((root or "", "/"),))
