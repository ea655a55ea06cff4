"""What static site generators have in common, and those whose configuration is a program: Astro and Eleventy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, ClassVar

from orchestration.content.documents.rules.site_config import texts_in
from orchestration.content.documents.rules.url_patterns import (
    INDEX,
    canonical,
    date_values,
    file_url,
    slugify,
    split_date,
    stem_of,
    written_slug,
    written_text,
)

FrontMatter = Mapping[str, Any]
Values = dict[str, str | None]
REPOSITORY_FILES = {"readme.md", "license.md", "changelog.md", "contributing.md", "code_of_conduct.md"}


@dataclass(frozen=True)
class Plain:
    """A site whose URLs are the paths of its files. Paths of files are below ``content_root``."""

    content_root: str = ""
    static_folders: tuple[tuple[str, str], ...] = field(default=(("", "/"),), repr=False)
    # Path below which the host serves the site, such as /project; "" for the root.
    base_path: str = ""
    # Time zone of the dates in URLs; None means the zone in which each date is written.
    zone: tzinfo | None = None
    # Front matter where a path without a slash at its start is relative to the site's root.
    rooted_name: ClassVar[str | None] = None
    # The separator of tags, if it is not a comma.
    words_between: ClassVar[str | None] = None
    # Names of patterns, which are not paths.
    styles: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def is_document(self, path: str) -> bool:
        return not any(part.startswith(".") for part in path.split("/"))

    def is_published(self, path: str) -> bool:  # noqa: ARG002
        """Return whether a page is made of the document."""
        return True

    def in_language(self, path: str) -> tuple[str, str]:
        """Return the prefix of URLs in the document's language, and the path without the mark of the language."""
        return "", path

    def content_type(self, path: str) -> str:
        """Return the first folder of the path; ``page`` for a file in no folder."""
        folder, found, _ = path.partition("/")
        return folder if found else "page"

    def name_of(self, path: str) -> tuple[datetime | None, str]:
        """Return the date in the file's name, and the name without date and extension."""
        *folders, name = path.split("/")
        stem = stem_of(name)
        return self.dated(
            folders[-1] if stem in INDEX and folders else stem.removeprefix("_") if stem in INDEX else stem
        )

    def dated(self, name: str) -> tuple[datetime | None, str]:
        return None, name

    def with_defaults(self, path: str, front_matter: FrontMatter) -> FrontMatter:  # noqa: ARG002
        """Return ``front_matter`` with what the generator's configuration says of it."""
        return front_matter

    def own_url(self, path: str, front_matter: FrontMatter, at: datetime | None) -> str:  # noqa: ARG002
        """Return the path of the document's URL by the generator's own rule."""
        return file_url(path, written_slug(front_matter))

    def values(self, path: str, front_matter: FrontMatter, at: datetime | None) -> Values:
        """Return the values of the tokens of URL patterns."""
        *folders, _ = path.split("/")
        _, name = self.name_of(path)
        slug = written_slug(front_matter)
        title = written_text(front_matter, "title")
        return date_values(at) | {
            **dict.fromkeys(("name", "filename", "contentbasename", "basename"), name),
            **dict.fromkeys(("slug", "slugorfilename", "slugorcontentbasename"), slug or name),
            "title": slugify(title) if title else None,
            "section": folders[0] if folders else "",
            "sections": "/".join(folders),
            "path": file_url(path)[1:],
            "collection": self.content_type(path),
            "categories": "/".join(category.lower() for category in categories_of(front_matter)),
            "slugified_categories": "/".join(filter(None, map(slugify, categories_of(front_matter)))),
            "output_ext": ".html",
        }


def categories_of(front_matter: FrontMatter) -> list[str]:
    """Return ``category``, else ``categories``: a list, or words between spaces."""
    if category := texts_in(front_matter.get("category")):
        return category
    written = front_matter.get("categories")
    return list(dict.fromkeys(written.split() if isinstance(written, str) else texts_in(written)))


@dataclass(frozen=True)
class Astro(Plain):
    """Content collections: ``src/content/blog/My Post.md`` is /blog/my-post, slugged as GitHub slugs headings."""

    content_root: str = "src/content"
    static_folders: tuple[tuple[str, str], ...] = field(default=(("public", "/"),), repr=False)

    def own_url(self, path: str, front_matter: FrontMatter, at: datetime | None) -> str:
        url = super().own_url(path, front_matter, at)
        return url if written_slug(front_matter) else "/".join(map(github_slug, url.split("/")))


def github_slug(text: str) -> str:
    """Return a slug like github-slugger's: lower case, hyphens for spaces, without punctuation."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


@dataclass(frozen=True)
class Eleventy(Plain):
    """Paths of files without their dates (`11ty.dev/docs/permalinks`)."""

    rooted_name: ClassVar[str | None] = "permalink"

    def is_document(self, path: str) -> bool:
        *folders, _ = path.split("/")
        is_of_tools = {"_includes", "_site", "_data"}.intersection(folders) or path.lower() in REPOSITORY_FILES
        return super().is_document(path) and not is_of_tools

    def dated(self, name: str) -> tuple[datetime | None, str]:
        return split_date(name)

    def own_url(self, path: str, front_matter: FrontMatter, at: datetime | None) -> str:  # noqa: ARG002
        folder, _, name = path.rpartition("/")
        stem = split_date(stem_of(name))[1]
        # about/about.md is /about, as about/index.md is.
        is_of_its_folder = stem == "index" or (folder and stem == folder.rpartition("/")[2])
        return canonical(folder if is_of_its_folder else f"{folder}/{stem}.html") or file_url(path)
