"""Answers as CSV, safe for spreadsheets and terminals."""

import csv
import sys
from typing import TYPE_CHECKING

from orchestration.visible_text import visible_text

if TYPE_CHECKING:
    import duckdb

# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def print_csv(answer: "duckdb.DuckDBPyConnection") -> None:
    """Print all rows, some at a time, below the names of the columns."""
    is_terminal = sys.stdout.isatty()
    writer = csv.writer(UnixLines())
    # PIVOT turns values into names.
    writer.writerow([csv_cell(column[0], is_terminal=is_terminal) for column in answer.description or []])
    while rows := answer.fetchmany(10_000):
        writer.writerows([csv_cell(value, is_terminal=is_terminal) for value in row] for row in rows)


class UnixLines:
    """Standard output for a CSV writer with RFC 4180's line ends: before Python 3.13, others leave ``\\r`` bare."""

    def write(self, row: str) -> int:
        return sys.stdout.write(row.removesuffix("\r\n") + "\n")


def csv_cell(value: object, *, is_terminal: bool) -> object:
    """Return text that no spreadsheet computes: with a quote before what begins like a formula. -5 is a number."""
    if not isinstance(value, str):
        return value
    text = f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return visible_text(text) if is_terminal else text
