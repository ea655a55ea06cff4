"""The functions and views in ``sql/functions``, one a file: applied after the migrations when their text changed.

The files may be in any order: one that needs another waits for it. Rights are granted in one place, here.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from orchestration.errors import DogearError
from orchestration.settings import PROJECT_ROOT

if TYPE_CHECKING:
    import sqlalchemy

FUNCTIONS = PROJECT_ROOT / "sql" / "functions"
APPLIED = "select file, digest from ops.functions"
# A body may use something that a later file defines.
UNCHECKED = "set local check_function_bodies = off"
NOTE = """
    insert into ops.functions (file, digest) values (%(file)s, %(digest)s)
    on conflict (file) do update set digest = excluded.digest, applied_at = now()
"""
FORGET = "delete from ops.functions where not file = any(%(files)s)"
# PostgreSQL lets everybody call a new function.
RIGHTS = """
    do $$
    declare
        our_schema name;
    begin
        foreach our_schema in array array['access', 'analytics', 'content', 'lake', 'live', 'locks', 'ops', 'raw'] loop
            execute format('revoke execute on all routines in schema %I from public', our_schema);
        end loop;
        perform ops.open_marts_to_analysts(), ops.open_to_web(), ops.open_to_processes(), ops.close_to_others();
    end
    $$
"""


def function_texts(folder: Path = FUNCTIONS) -> dict[str, str]:
    """Return the text of each file, by its path below the folder: ``schema/name.sql``."""
    return {file.relative_to(folder).as_posix(): file.read_text() for file in sorted(folder.glob("*/*.sql"))}


def digests(texts: Mapping[str, str]) -> dict[str, str]:
    return {file: sha256(text.encode()).hexdigest() for file, text in texts.items()}


def applied_functions(connection: psycopg.Connection) -> dict[str, str]:
    """Return the digest of each file as this database has it; none before the migration that makes their table."""
    try:
        return dict(connection.execute(APPLIED).fetchall())
    except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
        connection.rollback()
        return {}


def apply_functions(connection: "sqlalchemy.Connection", texts: Mapping[str, str]) -> None:
    """Apply the files whose text changed, within the transaction of the connection.

    Raises DogearError with the file's name where PostgreSQL refuses one.
    """
    found = digests(texts)
    applied = {row.file: row.digest for row in connection.exec_driver_sql(APPLIED)}
    changed = [file for file in texts if applied.get(file) != found[file]]
    connection.exec_driver_sql(UNCHECKED)
    waiting: Sequence[str] = changed
    while waiting:
        refused = {file: reason for file in waiting if (reason := refusal(connection, texts[file]))}
        if len(refused) == len(waiting):
            file, reason = next(iter(refused.items()))
            raise DogearError(f"sql/functions/{file} cannot be applied: {reason}")
        waiting = list(refused)
    for file in changed:
        connection.exec_driver_sql(NOTE, {"file": file, "digest": found[file]})
    connection.exec_driver_sql(FORGET, {"files": list(texts)})
    connection.exec_driver_sql(RIGHTS, execution_options={"no_parameters": True})


def refusal(connection: "sqlalchemy.Connection", text: str) -> str:
    """Run one file; empty where PostgreSQL took it, else why not, and nothing of the file is left."""
    import sqlalchemy.exc

    try:
        with connection.begin_nested():
            connection.exec_driver_sql(text, execution_options={"no_parameters": True})
    except sqlalchemy.exc.ProgrammingError as error:
        return str(error.orig).strip()
    return ""
