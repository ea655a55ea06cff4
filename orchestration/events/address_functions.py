"""The functions of addresses.py for DuckDB: ``visitor_address(words)`` and ``front_of_line(words)``."""

from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.events.addresses import Front, front_of_line, visitor_address

FRONT = pa.struct([(name, pa.string()) for name in Front._fields])


def add_address_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the SQL of ``connection`` read addresses."""
    from duckdb import struct_type
    from duckdb.sqltypes import VARCHAR

    def front(written: str) -> dict[str, str | None]:
        return front_of_line(written)._asdict()

    fields = struct_type(dict.fromkeys(Front._fields, VARCHAR))
    for name, function, kind in (
        ("visitor_address", of_column(visitor_address, pa.string()), VARCHAR),
        ("front_of_line", of_column(front, FRONT), fields),
    ):
        connection.create_function(name, function, [VARCHAR], kind, type="arrow", null_handling="special")  # type: ignore[arg-type]


def of_column(function: Callable[[str], Any], kind: pa.DataType) -> Callable[[Any], Any]:
    """Return the same of a column of Arrow, for each different text of it once; NULL of NULL."""

    # DuckDB reads these annotations; types of Arrow take no parameters there.
    def of_each(column: Any) -> Any:
        texts = column.combine_chunks().dictionary_encode()
        answers = pa.array([function(text) for text in texts.dictionary.to_pylist()], kind)
        return answers.take(texts.indices)

    return of_each
