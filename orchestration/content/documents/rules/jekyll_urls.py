"""Where Jekyll puts a document (`jekyllrb.com/docs/permalinks`, `jekyllrb.com/docs/collections`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from orchestration.content.documents.rules.generators import REPOSITORY_FILES, FrontMatter, Plain, Values, categories_of
from orchestration.content.documents.rules.site_config import (
    Config,
    base_path,
    folder_below,
    table_at,
    text_at,
    texts_in,
)
from orchestration.content.documents.rules.url_patterns import (
    expand,
    file_url,
    longest_prefix,
    slugify,
    split_date,
    stem_of,
    written_slug,
    written_text,
)

STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
OF_COLLECTIONS = "/:collection/:path:output_ext"
POSTS = ("_posts", "_drafts")
NEVER_READ = ("node_modules", "vendor/bundle", "vendor/cache", "vendor/gems", "vendor/ruby")
# Punctuation that Jekyll's "pretty" slugs keep.
PRETTY = "._~!$&'()+,;=@"
MOST_PATTERNS = 200
LONGEST_PATTERN = 200


@dataclass(frozen=True)
class Collection:
    name: str
    is_written: bool = False
    permalink: str | None = None


@dataclass(frozen=True)
class Default:
    """Front matter that documents below ``folder`` (a path or pattern) have; ``type_name`` None is any type."""

    folder: str
    type_name: str | None
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Jekyll(Plain):
    """``above`` is the path of the content folder below Jekyll's source, if it is a part of that."""

    above: str = ""
    permalink: str = STYLES["date"]
    collections: tuple[Collection, ...] = ()
    collections_folder: str = ""
    excluded: tuple[str, ...] = NEVER_READ
    included: tuple[str, ...] = ()
    defaults: tuple[Default, ...] = ()
    rooted_name: ClassVar[str | None] = "permalink"
    words_between: ClassVar[str | None] = " "
    styles: ClassVar[Mapping[str, str]] = STYLES

    def is_document(self, path: str) -> bool:
        whole = self.whole(path)
        if not super().is_document(path) or whole.lower() in REPOSITORY_FILES or self.is_excluded(whole):
            return False
        _, above, inside = self.place(whole)
        return all(part[0] not in "_#" or part in self.included for part in [*above, *inside.split("/")] if part)

    def is_published(self, path: str) -> bool:
        collection, _, _ = self.place(self.whole(path))
        return "_drafts" not in path.split("/") and (collection is None or collection.is_written)

    def whole(self, path: str) -> str:
        return f"{self.above}/{path}" if self.above else path

    def is_excluded(self, whole: str) -> bool:
        parts = whole.split("/")
        places = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
        return any(place == pattern or fnmatchcase(place, pattern) for pattern in self.excluded for place in places)

    def place(self, whole: str) -> tuple[Collection | None, list[str], str]:
        """Return the collection, the folders above its own, and the path inside; a page is in none."""
        folder = self.collections_folder
        parts = (whole[len(folder) + 1 :] if folder and whole.startswith(f"{folder}/") else whole).split("/")
        for n, part in enumerate(parts[:-1]):
            if part in POSTS:
                posts = Collection("posts", True, self.permalink)
                return (
                    next((c for c in self.collections if c.name == "posts"), posts),
                    parts[:n],
                    "/".join(parts[n + 1 :]),
                )
        for collection in self.collections:
            if parts[0] == f"_{collection.name}" and len(parts) > 1:
                return collection, [], "/".join(parts[1:])
        return None, parts[:-1], parts[-1]

    def content_type(self, path: str) -> str:
        collection, _, _ = self.place(self.whole(path))
        if collection:
            return "blog" if collection.name == "posts" else collection.name
        return super().content_type(self.whole(path))

    def name_of(self, path: str) -> tuple[datetime | None, str]:
        at, name = super().name_of(self.whole(path))
        is_dated = self.place(self.whole(path))[0] is not None
        return split_date(name) if is_dated else (at, name)

    def with_defaults(self, path: str, front_matter: FrontMatter) -> FrontMatter:
        whole = self.whole(path)
        collection, _, _ = self.place(whole)
        type_name = collection.name if collection else "pages"
        fitting = [
            default
            for default in self.defaults
            if default.type_name in (None, type_name) and is_in_scope(whole, default.folder)
        ]
        given = {name: value for default in fitting for name, value in default.values}
        return {**given, **front_matter} if given else front_matter

    def own_url(self, path: str, front_matter: FrontMatter, at: datetime | None) -> str:
        collection, _, _ = self.place(self.whole(path))
        written = written_text(front_matter, "permalink")
        patterns = [STYLES.get(written, written)] if written and "{" not in written else []
        if collection and collection.is_written:
            patterns.append(collection.permalink or OF_COLLECTIONS)
        values = self.values(path, front_matter, at)
        return next(filter(None, (expand(pattern, values) for pattern in patterns)), file_url(self.whole(path)))

    def values(self, path: str, front_matter: FrontMatter, at: datetime | None) -> Values:
        whole = self.whole(path)
        collection, above, inside = self.place(whole)
        slug = written_slug(front_matter) or self.name_of(path)[1]
        above = above if collection and collection.name == "posts" else []
        categories = list(dict.fromkeys([*above, *categories_of(front_matter)]))
        return super().values(whole, front_matter, at) | {
            "title": slugify(slug, kept=PRETTY, cased=True),
            "slug": slugify(slug),
            "name": slugify(stem_of(inside)),
            "basename": stem_of(inside.rpartition("/")[2]),
            "collection": collection.name if collection else "",
            "path": stem_of(inside) if collection else stem_of(whole),
            "categories": "/".join(dict.fromkeys(category.lower() for category in categories)),
            "slugified_categories": "/".join(filter(None, dict.fromkeys(map(slugify, categories)))),
        }


def is_in_scope(path: str, scope: str) -> bool:
    return fnmatchcase(path, f"{scope}*") if "*" in scope else longest_prefix(path, [scope]) is not None


def read_jekyll(config: Config, content_root: str | None) -> Jekyll:
    """Return the rules of the site that ``config`` configures; invalid settings keep Jekyll's defaults."""
    source = folder_below(text_at(config, "source") or "") or ""
    root = source if content_root is None else content_root
    permalink = text_at(config, "permalink") or "date"
    return Jekyll(
        content_root=root,
        static_folders=((source, "/"),),
        above=root[len(source) :].strip("/") if longest_prefix(root, [source]) is not None else "",
        permalink=STYLES.get(permalink, permalink),
        collections=tuple(read_collections(config.get("collections"), STYLES.get(permalink, permalink))),
        collections_folder=folder_below(text_at(config, "collections_dir") or "") or "",
        excluded=(*NEVER_READ, *(item.strip("/") for item in short_patterns(config.get("exclude")))),
        included=tuple(item.strip("/") for item in texts_in(config.get("include"))),
        defaults=tuple(read_defaults(config.get("defaults"))),
        base_path=base_path(text_at(config, "baseurl")),
        zone=read_zone(text_at(config, "timezone")),
    )


def short_patterns(written: object) -> list[str]:
    return [pattern for pattern in texts_in(written) if len(pattern) <= LONGEST_PATTERN][:MOST_PATTERNS]


def read_collections(written: object, permalink: str) -> list[Collection]:
    tables: dict[str, Any] = written if isinstance(written, dict) else dict.fromkeys(texts_in(written))
    found: list[Collection] = []
    for name in tables:
        table = table_at(tables, name)
        pattern = text_at(table, "permalink")
        if name == "posts":
            found.append(
                Collection(name, table.get("output") is not False, STYLES.get(pattern or "", pattern) or permalink)
            )
        else:
            found.append(Collection(name, table.get("output") is True, pattern))
    return found


def read_defaults(written: object) -> list[Default]:
    """Return the defaults of the widest scope first, so that a narrower scope overrides a wider one."""
    entries = [entry for entry in written if isinstance(entry, dict)] if isinstance(written, list) else []
    defaults: list[Default] = []
    for entry in entries[:MOST_PATTERNS]:
        scope, values = table_at(entry, "scope"), table_at(entry, "values")
        given = [(name, texts_in(values[name])) for name in ("category", "categories") if name in values]
        given += [(name, value) for name in ("permalink", "slug") if (value := text_at(values, name))]
        folder = (text_at(scope, "path") or "").strip("/")
        if len(folder) <= LONGEST_PATTERN:
            defaults.append(Default(folder, text_at(scope, "type"), tuple(given)))
    return sorted(defaults, key=lambda default: (len(default.folder), default.type_name is not None))


def read_zone(name: str | None) -> tzinfo:
    """Return the time zone of that name; UTC, as on the machines that build sites, if there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, LookupError, OSError):
        return UTC
