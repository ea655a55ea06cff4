"""The table ``content.media``: the image files of a site and their published variants."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from orchestration.content.media.images import RECIPE


@dataclass(frozen=True)
class Media:
    """One row of ``content.media``, without the site; its columns are described there."""

    user_code: str
    file_path: str
    url_path: str
    source_tag: str | None
    storage_url: str
    recipe: str = RECIPE
    status: str = "error"
    error_message: str | None = None
    content_hash: str | None = None
    file_size: int | None = None
    mime_type: str | None = None
    width: int | None = None
    height: int | None = None
    variants: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    published_at: datetime | None = None


NAMES = [column.name for column in fields(Media)]


def read_rows(connection: psycopg.Connection, site: str) -> dict[str, Media]:
    """Return the rows of the site, by path."""
    question = sql.SQL("select {} from content.media where site = %s").format(
        sql.SQL(", ").join(map(sql.Identifier, NAMES))
    )
    with connection.cursor(row_factory=class_row(Media)) as cursor:
        return {row.file_path: row for row in cursor.execute(question, [site])}


def write_row(connection: psycopg.Connection, site: str, row: Media) -> None:
    """Add the row, or put it in the place of the file's row of before."""
    columns = ["site", *NAMES]
    statement = sql.SQL(
        "insert into content.media ({0}) values ({1}) on conflict (site, file_path) do update set ({0}) = row ({2})"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
        sql.SQL(", ").join(sql.Identifier("excluded", column) for column in columns),
    )
    values = [getattr(row, name) for name in NAMES]
    connection.execute(statement, [site, *(Jsonb(value) if isinstance(value, list) else value for value in values)])


def delete_rows(connection: psycopg.Connection, site: str, file_paths: Sequence[str]) -> None:
    connection.execute("delete from content.media where site = %s and file_path = any(%s)", [site, list(file_paths)])
