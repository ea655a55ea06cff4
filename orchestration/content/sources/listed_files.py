"""Which files of a site are documents, and which are served as they are: rows of ``content.files``."""

import posixpath
from collections.abc import Mapping

import psycopg

from orchestration.content.documents.rules.conventions import Conventions
from orchestration.content.sites import Site
from orchestration.content.sources.site_files import SiteFile, SiteFiles, is_markdown
from orchestration.resources.copy_rows import copy_rows

# Folders of the generators themselves: files in them are not served.
INNER = "_"


def list_files(
    files: SiteFiles, conventions: Conventions
) -> tuple[dict[str, SiteFile], dict[str, tuple[SiteFile, str]]]:
    """Return the documents, by path below the content folder, and the site's other files.

    Other files are by path below the site's folder, each with the URL path under which the site serves it.
    Raises DogearError if there is no content folder.
    """
    found = {file.path: file for file in files.below(conventions.content_root)}
    for folder, _ in conventions.static_folders:
        found |= {file.path: file for file in files.below(folder, optional=True)}
    documents: dict[str, SiteFile] = {}
    others: dict[str, tuple[SiteFile, str]] = {}
    for path, file in found.items():
        below = below_folder(path, conventions.content_root)
        if below is not None and is_markdown(below):
            if conventions.is_document(below):
                documents[below] = file
        elif (url_path := served_at(path, conventions)) is not None:
            others[path] = file, url_path
    return documents, others


def below_folder(path: str, folder: str) -> str | None:
    """Return path below the folder; None if it is not there."""
    if not folder:
        return path
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


def served_at(path: str, conventions: Conventions) -> str | None:
    """Return the URL path of a file that is no document: by the folder of static files, else beside the documents."""
    folders = sorted(conventions.static_folders, key=lambda folder: -len(folder[0]))
    for folder, prefix in (*folders, (conventions.content_root, "/")):
        below = below_folder(path, folder)
        if below is not None:
            is_inner = below.startswith(INNER) or f"/{INNER}" in below
            return None if is_inner else conventions.below_base(posixpath.join("/", prefix, below))
    return None


def write_files(connection: psycopg.Connection, site: Site, others: Mapping[str, tuple[SiteFile, str]]) -> None:
    """Update the table of files; rows that are right already are left alone."""
    question = "select user_code, file_path, url_path from content.files where site = %s"
    known = set(connection.execute(question, [site.site]).fetchall())
    wanted = {(site.user_code, path, url_path) for path, (_, url_path) in others.items()}
    gone = [path for _, path, _ in known - wanted]
    connection.execute("delete from content.files where site = %s and file_path = any(%s)", [site.site, gone])
    rows = ([site.site, *row] for row in sorted(wanted - known))
    copy_rows(connection, "content.files", ("site", "user_code", "file_path", "url_path"), rows)
