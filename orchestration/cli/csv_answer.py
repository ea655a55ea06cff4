"""Answers as CSV, fit for spreadsheets and terminals."""

import csv
import sys
from typing import TYPE_CHECKING

from orchestration.visible_text import visible_text

if TYPE_CHECKING:
    import duckdb

# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def print_csv(answer: "duckdb.DuckDBPyConnection") -> None:
    """All rows, some at a time, below the names of the columns."""
    is_terminal = sys.stdout.isatty()
    writer = csv.writer(UnixLines())
    # What pivot makes of values is a name too.
    writer.writerow([csv_cell(column[0], is_terminal=is_terminal) for column in answer.description or []])
    while rows := answer.fetchmany(10_000):
        writer.writerows([csv_cell(value, is_terminal=is_terminal) for value in row] for row in rows)


class UnixLines:
    """Standard output for rows that end as RFC 4180 has it. Before Python 3.13 those of Unix leave ``\\r`` unquoted."""

    def write(self, row: str) -> int:
        return sys.stdout.write(row.removesuffix("\r\n") + "\n")


def csv_cell(value: object, *, is_terminal: bool) -> object:
    """A spreadsheet computes text that begins like a formula; with a quote before it, it does not. -5 is a number."""
    if not isinstance(value, str):
        return value
    text = f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return visible_text(text) if is_terminal else text
