"""Import the events of the old design: a table of JSON documents, or a dump of it."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

from orchestration.errors import DogearError
from orchestration.events.legacy.legacy_dump import Dump
from orchestration.events.legacy.legacy_reader import LegacyReader
from orchestration.events.legacy.legacy_table import LegacyTable, table_rows
from orchestration.events.logs.file_identity import FileIdentity, head_lines, identified, without_address
from orchestration.events.logs.import_file import ImportSummary, load, printable, spill_folder
from orchestration.events.logs.log_lines import read_line_chunks
from orchestration.events.visitor_salts import salts_for


@dataclass(frozen=True)
class LegacyImport:
    """Where the old events go. ``owner``: only those with this ``user_code`` in ``event_data``."""

    database_url: str
    site: str
    user_code: str
    owner: str | None = None
    spill: Path | None = None
    memory_limit: str = "2GB"

    def table(self, table: LegacyTable) -> ImportSummary:
        """Load the rows of the table. A row that is here already, from it or from a dump of it, stays as it is."""

        def read(reader: LegacyReader) -> None:
            for rows in table_rows(table):
                reader.read_rows(rows)

        # A table has no first lines that identify it; its place does.
        place = [sha256(table.place.encode()).hexdigest()]
        with named(table.place):
            return self._load(table.place, self._identified(place), read)

    def dump(self, path: Path) -> ImportSummary:
        """Load the rows of a dump: COPY's text, CSV, pg_dump's script, or one JSON object a line."""
        with named(printable(path)):
            chunks = read_line_chunks(path)
            first = next(chunks, None)
            if first is None:
                raise DogearError("the file is empty; there is nothing to import.")
            dump = Dump(first)

            def read(reader: LegacyReader) -> None:
                for chunk in chain([first], chunks):
                    for lines in dump.rows(chunk):
                        reader.read_lines(lines)
                    reader.read_damage(chunk)
                if not dump.has_rows:
                    raise DogearError("no COPY of a table with event_type, event_data and created_at was found in it.")

            return self._load(printable(path.absolute()), self._identified(head_lines(first)), read)

    def _identified(self, lines: list[str]) -> AbstractContextManager[FileIdentity]:
        without = [without_address(line, "legacy") for line in lines]
        return identified(self.database_url, self.site, "legacy", lines, without)

    def _load(
        self, place: str, identity: AbstractContextManager[FileIdentity], read: Callable[[LegacyReader], None]
    ) -> ImportSummary:
        import adbc_driver_postgresql.dbapi as adbc
        import duckdb

        try:
            with (
                spill_folder(self.spill) as folder,
                identity as known,
                LegacyReader(
                    self.site,
                    lambda days: salts_for(self.database_url, days),
                    folder,
                    self.memory_limit,
                    owner=self.owner,
                ) as reader,
            ):
                read(reader)
                check_owners(reader, self.owner)
                check_counts(reader)
                return load(self.database_url, place, known, reader, self.user_code)
        except (duckdb.Error, adbc.Error) as error:
            raise DogearError(f"nothing was imported: {type(error).__name__} while it was read.") from error


@contextmanager
def named(place: str) -> Generator[None]:
    """Let errors name the place where they happened."""
    try:
        yield
    except DogearError as error:
        raise DogearError(f"{place}: {error}") from error
    except OSError as error:
        raise DogearError(f"{place}: {error.strerror or error}.") from None


def check_owners(reader: LegacyReader, owner: str | None) -> None:
    """Raise DogearError rather than give events of several owners to one."""
    owners = reader.owners()
    if owner is None and len(owners) > 1:
        raise DogearError(
            f"there are events of several owners ({', '.join(owners[:10])}): say whose are meant, as in "
            f"--owner {owners[0]}. Nothing was imported."
        )


def check_counts(reader: LegacyReader) -> None:
    """Check that each row became an event, was rejected, or was skipped."""
    events, rejected = reader.counts()
    if reader.lines_read != events + rejected - reader.damages + reader.lines_passed_over:
        raise DogearError(
            f"{reader.lines_read:,} rows were read, but {events:,} events and {rejected:,} rejected rows came of them: "
            "nothing was imported."
        )
