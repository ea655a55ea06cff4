"""Tables in Dagster's metadata. Its UI shows their cells as text, where Markdown could hold links and images."""

from collections.abc import Iterable, Sequence

import dagster as dg

from orchestration.visible_text import visible_text


def metadata_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.TableMetadataValue:
    """Return one record per row, with a value for each of ``columns``; numbers stay numbers."""
    schema = dg.TableSchema([dg.TableColumn(column) for column in columns])
    records = [dg.TableRecord(dict(zip(columns, map(cell, row), strict=True))) for row in rows]
    return dg.MetadataValue.table(records, schema)


def cell(value: object) -> str | int:
    return value if isinstance(value, int) else visible_text(str(value))
