"""The manifest in the lake, which readers read first, so that no folder has to be listed.

``manifest.json`` is always derived from lake.days, and replaced as a whole.
"""

from datetime import date, datetime

import msgspec
import psycopg

from orchestration.errors import DogearError
from orchestration.lake.columns import Column
from orchestration.lake.days import lake_days, schemas
from orchestration.lake.storage import MANIFEST, LakeStorage
from orchestration.lake.tables import EVENTS, MARTS, LakeTable
from orchestration.settings import Settings

FORMAT = 1


class ManifestDay(msgspec.Struct):
    """A day's file: rows, their checksum (as text: it has more than 64 bits), bytes, and which columns it has."""

    day: date
    rows: int
    checksum: str
    bytes: int
    schema_version: int
    exported_at: datetime


class Manifest(msgspec.Struct):
    """The contents of the lake. ``schemas``: names and PostgreSQL types of the columns of each version.

    ``days`` are those of raw.events, ``marts`` those of each mart, by name.
    """

    format: int = FORMAT
    schemas: dict[int, list[tuple[str, str]]] = {}
    days: list[ManifestDay] = []
    marts: dict[str, list[ManifestDay]] = {}

    def days_of(self, table: LakeTable) -> list[ManifestDay]:
        return self.days if table is EVENTS else self.marts.get(table.name, [])

    def columns(self, version: int) -> tuple[Column, ...]:
        return tuple(Column(*column) for column in self.schemas[version])


def known_manifest(connection: psycopg.Connection) -> Manifest:
    """Return the manifest that PostgreSQL's record implies."""
    return Manifest(
        schemas={version: [(c.name, c.type) for c in columns] for version, columns in schemas(connection).items()},
        days=known_days(connection, EVENTS),
        marts={table.name: known_days(connection, table) for table in MARTS},
    )


def known_days(connection: psycopg.Connection, table: LakeTable) -> list[ManifestDay]:
    return [
        ManifestDay(day.day, day.rows, str(day.checksum), day.bytes, day.schema_version, day.exported_at)
        for day in lake_days(connection, table=table)
    ]


def write_manifest(connection: psycopg.Connection, settings: Settings, storage: LakeStorage) -> None:
    """Rewrite the manifest."""
    manifest = known_manifest(connection)
    file = storage.room_for_unfinished(settings.spill_folder)
    try:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    except OSError as error:
        file.unlink(missing_ok=True)
        raise storage.refusal("takes no files", error) from None
    storage.publish(file, MANIFEST)


def read_manifest(storage: LakeStorage) -> Manifest:
    """Return the contents of the lake; nothing if no day was exported. Raises DogearError if it cannot be read."""
    return parsed_manifest(storage.read(MANIFEST), storage)


def parsed_manifest(data: bytes | None, storage: LakeStorage) -> Manifest:
    """Return the contents of a manifest; nothing if there is none. Raises DogearError if it is damaged."""
    if data is None:
        return Manifest()
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise DogearError(
            f"{storage.place(MANIFEST)} is damaged ({error}). To rewrite it from PostgreSQL: dogear lake export"
        ) from None
    if manifest.format != FORMAT:
        raise DogearError(f"{storage.place(MANIFEST)} is of format {manifest.format}; this Dogear reads {FORMAT}.")
    return manifest
