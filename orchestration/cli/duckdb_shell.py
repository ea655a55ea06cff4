"""``dogear duckdb``: SQL over the lake."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import duckdb

PROMPT, MORE = "dogear> ", "   ...> "


def duckdb_shell(
    command: Annotated[str | None, typer.Option("-c", "--command", help="Run this SQL and end.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print answers as CSV.")] = False,
) -> None:
    """Ask the lake by DuckDB: raw.events, under PostgreSQL's names, for all of history.

    Only reads. Besides PostgreSQL's columns, raw.events has `day`: name it in a condition, and other days are not even
    opened. In a terminal, SQL ends with a semicolon, and .quit (or Ctrl-D) ends. SQL is read from standard input too.

    \b
    Examples:
      dogear duckdb
      dogear duckdb -c "select country_code, count(*) from raw.events where day >= '2026-01-01' group by all"
      dogear duckdb --csv < question.sql > answer.csv
    """
    from orchestration.lake.reader import LakeReader
    from orchestration.settings import Settings

    reader = LakeReader(Settings())
    with reader.session() as session:
        if command is not None:
            sys.exit(0 if run(session, command, csv=csv) else 1)
        if not sys.stdin.isatty():
            sys.exit(0 if run(session, sys.stdin.read(), csv=csv) else 1)
        converse(session, csv=csv)


def converse(session: "duckdb.DuckDBPyConnection", *, csv: bool) -> None:
    """Until .quit or Ctrl-D; Ctrl-C gives up the line, or the query that runs."""
    import readline

    readline.set_auto_history(True)
    typer.echo("The lake, by DuckDB. raw.events holds all of history; .quit ends.")
    lines: list[str] = []
    while True:
        try:
            lines.append(input(MORE if lines else PROMPT))
        except KeyboardInterrupt:
            typer.echo()
            lines = []
            continue
        except EOFError:
            typer.echo()
            return
        if lines[0].strip() in {".quit", ".exit", "exit", "quit"}:
            return
        if lines[-1].rstrip().endswith(";") or not "".join(lines).strip():
            run(session, "\n".join(lines), csv=csv)
            lines = []


def run(session: "duckdb.DuckDBPyConnection", sql: str, *, csv: bool) -> bool:
    """Run the statements and print their answers; whether all went well."""
    import duckdb

    try:
        for statement in session.extract_statements(sql):
            answer = session.sql(statement.query)
            if answer and csv:
                sys.stdout.write(answer.df().to_csv(index=False))
            elif answer:
                answer.show(max_rows=100)  # pyright: ignore[reportCallIssue]
    except duckdb.Error as error:
        sys.stderr.write(f"dogear: {error}\n")
        return False
    except KeyboardInterrupt:
        session.interrupt()
        sys.stderr.write("dogear: interrupted.\n")
        return False
    return True
