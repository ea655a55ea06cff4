"""Where Hugo puts a document (`gohugo.io/content-management/urls`, `gohugo.io/configuration/permalinks`)."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from orchestration.content.documents.rules.generators import FrontMatter, Plain, Values
from orchestration.content.documents.rules.site_config import (
    Config,
    Read,
    base_path,
    find_config,
    folder_below,
    table_at,
    text_at,
    texts_in,
)
from orchestration.content.documents.rules.url_patterns import (
    INDEX,
    LONGEST_URL_PATH,
    canonical,
    expand,
    file_url,
    is_word,
    longest_prefix,
    split_date,
    stem_of,
    written_slug,
    written_text,
)

ENDINGS = ("toml", "yaml", "yml", "json")
# Go's formats of dates show 2 January 2006.
GO_DATES = {"2006": "year", "06": "short_year", "01": "month", "02": "day", "1": "i_month", "2": "i_day"}
# A percent sign that begins an escape stays.
NO_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
GO_NAMES = {"January": "long_month", "Jan": "short_month", "Monday": "long_day", "Mon": "short_day"}
SOME_SECTIONS = re.compile(r":sections\[(?:(\d+|last)|(\d*):(\d*|last))\]", re.ASCII)
MARKS = ("baseurl", "contentdir", "permalinks", "taxonomies", "defaultcontentlanguage")


@dataclass(frozen=True)
class Hugo(Plain):
    """``languages`` pairs a folder below the content folder with its language; ``codes`` are all languages."""

    content_root: str = "content"
    static_folders: tuple[tuple[str, str], ...] = field(default=(("static", "/"),), repr=False)
    # (kind, section, pattern)
    permalinks: tuple[tuple[str, str, str], ...] = ()
    keeps_case: bool = False
    dates_by_name: bool = False
    languages: tuple[tuple[str, str], ...] = ()
    codes: tuple[str, ...] = ()
    default_language: str = "en"
    prefixes_default: bool = False
    rooted_name: ClassVar[str | None] = "url"

    def is_document(self, path: str) -> bool:
        folders = [folder for folder, _ in self.languages]
        return super().is_document(path) and (not folders or longest_prefix(path, folders) is not None)

    def content_type(self, path: str) -> str:
        return super().content_type(self.in_language(path)[1])

    def in_language(self, path: str) -> tuple[str, str]:
        folder = longest_prefix(path, [folder for folder, _ in self.languages])
        language = self.default_language if folder is None else dict(self.languages)[folder]
        inside = path[len(folder) + 1 :] if folder else path
        stem, dot, ending = inside.rpartition(".")
        name, _, suffix = stem.rpartition(".")
        if suffix.lower() in self.codes and name and not name.endswith("/"):
            language, inside = suffix.lower(), f"{name}{dot}{ending}"
        is_bare = language == self.default_language and not self.prefixes_default
        return "" if is_bare else f"/{language}", inside

    def name_of(self, path: str) -> tuple[datetime | None, str]:
        return super().name_of(self.in_language(path)[1])

    def dated(self, name: str) -> tuple[datetime | None, str]:
        return split_date(name) if self.dates_by_name else (None, name)

    def own_url(self, path: str, front_matter: FrontMatter, at: datetime | None) -> str:
        prefix, inside = self.in_language(path)
        written = written_text(front_matter, "url") or ""
        if written.startswith("/") and ":" in written:
            own = expand(written, self.values(path, front_matter, at))
            if own:
                return own
        pattern = self.pattern_of(inside)
        url = expand(pattern, self.values(path, front_matter, at)) if pattern else None
        return f"{prefix}{url or self.url_of_file(inside, front_matter)}".rstrip("/") or "/"

    def pattern_of(self, inside: str) -> str | None:
        """Return the permalink pattern of the document's section; "" is for pages in none. The home page has none."""
        *folders, name = inside.split("/")
        kind = "section" if stem_of(name) == "_index" else "page"
        patterns = {section: pattern for of_kind, section, pattern in self.permalinks if of_kind == kind}
        if not folders:
            return None if stem_of(name) in INDEX else patterns.get("")
        section = longest_prefix("/".join(folders).lower(), [section for section in patterns if section])
        sections = folders[:-1] if stem_of(name) == "index" else folders
        if section is None:
            return None
        return SOME_SECTIONS.sub(lambda cut: "/".join(cut_sections(sections, cut)), patterns[section])

    def url_of_file(self, inside: str, front_matter: FrontMatter) -> str:
        is_section = stem_of(inside.rpartition("/")[2]) == "_index"
        dated, name = self.name_of(inside)
        slug = None if is_section else written_slug(front_matter) or (name if dated else None)
        return "/".join(self.in_url(part) or part for part in file_url(inside, slug).split("/"))

    def in_url(self, text: str) -> str | None:
        """Return ``text`` as Hugo sanitizes it: spaces become hyphens; only letters, digits and ``._#+~-@`` stay."""
        text = NO_ESCAPE.sub("", text[: 2 * LONGEST_URL_PATH].strip())
        allowed = "".join(c if c in "._#+~-@%" or is_word(c) else " " if c.isspace() else "" for c in text)
        sanitized = re.sub(r" *-[ -]*| +", lambda gap: gap[0].replace(" ", "") or "-", allowed.rstrip())
        return (sanitized if self.keeps_case else "".join(c.lower()[0] for c in sanitized)) or None

    def values(self, path: str, front_matter: FrontMatter, at: datetime | None) -> Values:
        inside = self.in_language(path)[1]
        *folders, name = inside.split("/")
        values = super().values(inside, front_matter, at)
        slug = written_slug(front_matter)
        slug = self.in_url(slug.replace("+", " ")) if slug else None
        title = self.in_url((written_text(front_matter, "title") or "").replace("/", "-").replace("+", " "))
        base = self.in_url(self.name_of(inside)[1])
        return values | {
            **{token: values[meaning] for token, meaning in (GO_DATES | GO_NAMES).items()},
            **dict.fromkeys(("name", "filename", "contentbasename", "basename"), base),
            **dict.fromkeys(("slugorfilename", "slugorcontentbasename"), slug or base),
            "title": title,
            "slug": slug or title or base,
            # The folder of a page bundle is the page, not a section.
            "sections": "/".join(folders[:-1] if stem_of(name) == "index" else folders),
        }


def cut_sections(sections: list[str], cut: re.Match[str]) -> list[str]:
    """``[1]``, ``[last]``, ``[1:]``, ``[:2]``, ``[0:last]`` of the sections."""
    one, low, high = cut[1], cut[2], cut[3]
    if one is not None:
        return sections[-1:] if one == "last" else sections[int(one[:4]) :][:1]
    return sections[int(low[:4] or 0) : -1 if high == "last" else int(high[:4]) if high else None]


def find_hugo_config(read: Read, is_hugo: bool) -> Config | None:
    """Return the configuration; None if the site has none that can only be Hugo's, unless it ``is_hugo``."""

    def find(*names: str) -> Config | None:
        return find_config(read, [f"{name}.{ending}" for name in names for ending in ENDINGS], any_case=True)

    main = find("hugo", "config/_default/hugo", "config/_default/config")
    if main is None:
        main = find("config") or {}
        if not (is_hugo or any(mark in main for mark in MARKS) or read("archetypes/default.md") is not None):
            return None
    split = {name: find(f"config/_default/{name}") for name in ("permalinks", "languages", "frontmatter")}
    return {**main, **{name: part for name, part in split.items() if part}}


def read_hugo(config: Config, content_root: str | None) -> Hugo:
    """Return the rules of the site that ``config`` configures; invalid settings keep Hugo's defaults."""
    languages = {code: value for code, value in table_at(config, "languages").items() if isinstance(value, dict)}
    default = (text_at(config, "defaultcontentlanguage") or "en").lower()
    content = content_folder(config) or "content"
    folders = {code: content_folder(value) or content for code, value in languages.items()}
    root = content_root
    if root is None:
        root = posixpath.commonpath(folders.values()) if folders else content
    static = [folder_below(folder) for folder in texts_in(config.get("staticdir"))]
    by_name = texts_in(table_at(config, "frontmatter").get("date"))
    return Hugo(
        content_root=root,
        static_folders=tuple((folder, "/") for folder in static if folder) or (("static", "/"),),
        permalinks=tuple(read_permalinks(table_at(config, "permalinks"))),
        keeps_case=config.get("disablepathtolower") is True,
        dates_by_name=":filename" in [name.lower() for name in by_name],
        languages=language_folders(folders, root, default) if len(set(folders.values())) > 1 else (),
        codes=tuple(sorted(languages)),
        default_language=default,
        base_path=base_path(text_at(config, "baseurl")),
        prefixes_default=config.get("defaultcontentlanguageinsubdir") is True and bool(languages),
    )


def content_folder(config: Config) -> str | None:
    return folder_below(text_at(config, "contentdir") or "")


def language_folders(folders: Mapping[str, str], root: str, default: str) -> tuple[tuple[str, str], ...]:
    """Return (folder below ``root``, language); a folder of several languages belongs to the ``default``."""
    inside: dict[str, str] = {}
    for code, folder in sorted(folders.items(), key=lambda pair: pair[0] == default):
        if longest_prefix(folder, [root]) is not None:
            inside[folder[len(root) :].strip("/")] = code
    return tuple(inside.items())


def read_permalinks(table: Config) -> list[tuple[str, str, str]]:
    """(kind, section, pattern): ``posts = …`` is for pages, as in ``[permalinks.page]``."""
    flat = {name: pattern for name, pattern in table.items() if isinstance(pattern, str)}
    by_kind = {"page": {**flat, **table_at(table, "page")}, "section": table_at(table, "section")}
    return [
        (kind, section.strip(" /"), pattern)
        for kind, patterns in by_kind.items()
        for section, pattern in patterns.items()
        if isinstance(pattern, str) and canonical(pattern) is not None
    ]
