"""``dogear duckdb``: SQL over the lake."""

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.csv_answer import print_csv
from orchestration.terminal import complain, say

if TYPE_CHECKING:
    import duckdb

TABLES = """
    select schema_name, view_name as name from duckdb_views()
    where not internal and database_name = 'memory' order by all
"""
# The one function of DuckDB that the lock does not cover: it writes unescaped text to the terminal, and a log in a
# folder that we cannot write ends the process.
LOGGING = "enable_logging"
PROMPT, MORE = "dogear> ", "   ...> "


def duckdb_shell(
    command: Annotated[str | None, typer.Option("-c", "--command", help="Run this SQL and end.")] = None,
    csv: Annotated[
        bool, typer.Option("--csv", help="Print answers as CSV; text like a formula, such as =1+1, gets a ' before it.")
    ] = False,
    files: Annotated[
        Path | None, typer.Option(help="A folder whose files SQL may read and write, besides those of the lake.")
    ] = None,
) -> None:
    """Query the lake with DuckDB: raw.events, under PostgreSQL's names, for all of history.

    raw.events and marts.* cannot be changed, and tables that you create are dropped at the end. SQL reads and writes
    only files of the folder that --files names. Besides PostgreSQL's columns, raw.events has `day`: name it in a
    condition, and other days are not even opened. marts.* are those of the last dogear dbt build --target duckdb. In a
    terminal, SQL ends with a semicolon; .tables lists the tables, and .quit (or Ctrl-D) ends. SQL is read from
    standard input too.

    \b
    Examples:
      dogear duckdb
      dogear duckdb -c "select country_code, count(*) from raw.events where day >= '2026-01-01' group by all"
      dogear duckdb --csv < question.sql > answer.csv
      dogear duckdb --files . -c "copy (from raw.events where day = '2026-03-01') to 'march-1.parquet'"
    """
    from orchestration.lake.reader import LakeReader
    from orchestration.settings import Settings

    reader = LakeReader(Settings(), [] if files is None else [files.expanduser().resolve()])
    with reader.session() as session:
        if command is not None:
            sys.exit(0 if run(session, command, csv=csv) else 1)
        if not sys.stdin.isatty():
            sys.exit(0 if run(session, sys.stdin.buffer.read().decode("utf-8", "replace"), csv=csv) else 1)
        converse(session, csv=csv)


def converse(session: "duckdb.DuckDBPyConnection", *, csv: bool) -> None:
    """Read and run SQL until .quit or Ctrl-D; Ctrl-C cancels the line, or the running query."""
    import readline

    readline.set_auto_history(True)
    say("The lake, in DuckDB. raw.events holds all of history; .tables lists the tables, .quit ends.")
    lines: list[str] = []
    while True:
        try:
            lines.append(input(MORE if lines else PROMPT))
        except KeyboardInterrupt:
            say()
            lines = []
            continue
        except EOFError:
            say()
            return
        if lines[0].strip() in {".quit", ".exit", "exit", "quit"}:
            return
        if lines[0].startswith("."):
            if lines[0].strip() == ".tables":
                run(session, TABLES, csv=csv)
            else:
                say("There are .tables and .quit.")
            lines = []
            continue
        if lines[-1].rstrip().endswith(";") or not "".join(lines).strip():
            run(session, "\n".join(lines), csv=csv)
            lines = []


def run(session: "duckdb.DuckDBPyConnection", sql: str, *, csv: bool) -> bool:
    """Run the statements and print their answers; return whether all succeeded."""
    import duckdb

    try:
        for statement in session.extract_statements(sql):
            if LOGGING in statement.query.lower():
                complain(f"{LOGGING} is not run here: its logs would be printed unescaped.")
                return False
            if csv and statement.type == duckdb.StatementType.SELECT:
                print_csv(session.execute(statement.query))
            elif (answer := session.sql(statement.query)) is not None:  # pyright: ignore[reportUnnecessaryComparison]
                show(answer)
    except (duckdb.Error, RuntimeError) as error:
        # After Ctrl-C, DuckDB raises RuntimeError.
        for line in str(error).split("\n"):
            complain(line)
        return False
    except KeyboardInterrupt:
        session.interrupt()
        complain("interrupted.")
        return False
    return True


def show(answer: "duckdb.DuckDBPyRelation") -> None:
    """Print the first rows as a table. DuckDB escapes line breaks only, no other control characters."""
    table = io.StringIO()
    with redirect_stdout(table):
        answer.show(max_rows=100)  # pyright: ignore[reportCallIssue]
    for line in table.getvalue().rstrip("\n").split("\n"):
        say(line)
