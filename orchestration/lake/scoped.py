"""The lake and the warehouse as one caller may see them: the rows within a scope, by questions alone.

DuckDB has no roles. So its views filter by what the session's variables say, and what is asked is looked at before it
runs, on DuckDB's own parse tree: one SELECT, whose every table is one of these views, and whose every function is known
to read nothing else. So files, settings, the catalogue and other databases are out of reach, however one asks for them.
"""

import json
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb

from orchestration.errors import DogearError
from orchestration.lake.interrupting import within_seconds
from orchestration.lake.reader import LakeReader
from orchestration.lake.scoped_functions import FUNCTIONS, TABLE_FUNCTIONS

AGGREGATES = "select distinct lower(function_name) from duckdb_functions() where function_type = 'aggregate'"
# Variables that nobody has set are NULL, and then no row is shown.
OF_OWNER = (
    "(coalesce(getvariable('sees_all'), false) or list_contains(getvariable('user_codes')::varchar[], user_code))"
)
OF_ANY_OWNER = "coalesce(getvariable('sees_all'), false)"
ON_SITE = "(coalesce(getvariable('on_all_sites'), false) or list_contains(getvariable('sites')::varchar[], site))"
ON_ANY_SITE = "coalesce(getvariable('on_all_sites'), false)"
NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE"}
# Longer ones take this process, and not DuckDB, a second to look at.
LONGEST_QUESTION = 50_000
SOURCES = {"BASE_TABLE", "SUBQUERY", "JOIN", "EXPRESSION_LIST", "TABLE_FUNCTION", "EMPTY"}


class QueryRefusedError(DogearError):
    """SQL that may not be asked; the message says why."""


@dataclass(frozen=True)
class Scope:
    """Owners whose rows may be seen, and the sites; None stands for all."""

    user_codes: Sequence[str] | None
    sites: Sequence[str] | None = None

    def variables(self) -> dict[str, object]:
        return {
            "sees_all": self.user_codes is None,
            "user_codes": list(self.user_codes or ()),
            "on_all_sites": self.sites is None,
            "sites": list(self.sites or ()),
        }


@dataclass(frozen=True)
class ScopedSession:
    """Answers questions within one scope, and nothing else."""

    _cursor: duckdb.DuckDBPyConnection
    _views: Collection[str]
    _functions: Collection[str]
    _seconds: float

    @contextmanager
    def ask(self, question: str, parameters: object = None) -> Generator[duckdb.DuckDBPyConnection]:
        """Yield the rows of one SELECT, which are read within the block.

        Raises QueryRefusedError for anything else, QuestionTooSlowError if it is not done within the seconds of
        DOGEAR_QUESTION_SECONDS, and DuckDB's errors.
        """
        with within_seconds(self._cursor, self._seconds):
            understood = checked(self._cursor, question, self._views, self._functions)
            yield self._cursor.execute(understood, parameters)


@dataclass
class ScopedReader(LakeReader):
    """DuckDB over lake and warehouse, for one process; a session sees the rows within its scope."""

    _views: set[str] = field(default_factory=set)
    _functions: frozenset[str] = frozenset()

    @contextmanager
    def within(self, scope: Scope) -> Generator[ScopedSession]:
        """Yield a session. Raises DogearError as ``session`` does."""
        with self.session() as cursor:
            self._functions = self._functions or FUNCTIONS.union(*cursor.execute(AGGREGATES).fetchall())
            # Variables belong to this cursor.
            for name, value in scope.variables().items():
                cursor.execute(f"set variable {name} = ?", [value])
            yield ScopedSession(cursor, frozenset(self._views), self._functions, self.settings.question_seconds)

    def _shown(self, name: str, rows: str, columns: Collection[str], /) -> str | None:
        if not name.startswith(("raw.", "marts.")):
            return None
        self._views.add(name)
        of_owner = OF_OWNER if "user_code" in columns else OF_ANY_OWNER
        on_site = ON_SITE if "site" in columns else ON_ANY_SITE
        return f"select * from ({rows}) where {of_owner} and {on_site}"  # noqa: S608 - our own SQL


def checked(
    connection: duckdb.DuckDBPyConnection, question: str, views: Collection[str], functions: Collection[str]
) -> str:
    """Return the question as DuckDB has understood it: what runs is what was looked at.

    Hints are left out, such as NOT MATERIALIZED, by which a plan grows beyond all bounds. Raises QueryRefusedError
    unless it is one SELECT from these views, by these functions.
    """
    if len(question) > LONGEST_QUESTION:
        raise QueryRefusedError(f"A question may have {LONGEST_QUESTION:,} characters; long lists are parameters.")
    (parsed,) = connection.execute("select json_serialize_sql(?::varchar)", [question]).fetchone() or ("{}",)
    try:
        tree = json.loads(parsed)
        if tree.get("error", True):
            raise QueryRefusedError("Only one SELECT may be asked, in SQL that DuckDB understands.")
        if len(tree["statements"]) != 1:
            raise QueryRefusedError("Only one statement may be asked.")
        for part in parts(tree["statements"][0]["node"], frozenset()):
            refuse_part(*part, views, functions)
    except RecursionError:
        raise QueryRefusedError("The question is nested too deeply.") from None
    (understood,) = connection.execute("select json_deserialize_sql(?::json)", [parsed]).fetchone() or ("",)
    return understood


def parts(tree: Any, known: frozenset[str]) -> Iterator[tuple[Mapping[str, Any], frozenset[str]]]:
    """Yield each object of the parse tree, with the names of the common table expressions that hold there."""
    if isinstance(tree, list):
        for child in tree:
            yield from parts(child, known)
    elif isinstance(tree, dict):
        # A name holds in what comes after it, and in itself only where it is recursive.
        for entry in tree.get("cte_map", {}).get("map", []):
            yield from parts(entry["value"], known)
            known |= {str(entry["key"]).lower()}
        if tree.get("type") == "RECURSIVE_CTE_NODE":
            yield tree, known
            yield from parts(tree["left"], known)
            known |= {str(tree["cte_name"]).lower()}
            yield from parts({**tree, "type": None, "left": None}, known)
            return
        yield tree, known
        for name, child in tree.items():
            if name == "function" and tree.get("type") == "TABLE_FUNCTION":
                # It was looked at with the table; what it is given is still to be.
                yield from parts({**child, "function_name": None}, known)
            elif name != "cte_map":
                yield from parts(child, known)


def refuse_part(
    part: Mapping[str, Any], known: frozenset[str], views: Collection[str], functions: Collection[str]
) -> None:
    """Raise QueryRefusedError for a table, function, or kind of either that is not known to be harmless."""
    kind = str(part.get("type"))
    if kind.endswith("_NODE") and kind not in NODES:
        raise QueryRefusedError(f"{kind} may not be asked.")
    if {"alias", "sample"} <= part.keys() and kind not in SOURCES:
        raise QueryRefusedError(f"{kind} may not stand where a table does.")
    if kind == "BASE_TABLE":
        name = f"{part['schema_name']}.{part['table_name']}".lower()
        is_known = not part["schema_name"] and name[1:] in known
        if part["catalog_name"] or part["at_clause"] or not (is_known or name in views):
            raise QueryRefusedError(f"There is no table {name.strip('.')[:80]!a}.")
    if kind == "TABLE_FUNCTION":
        refuse_function(part["function"], TABLE_FUNCTIONS)
    elif part.get("function_name"):
        refuse_function(part, functions)


def refuse_function(called: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise QueryRefusedError for a function that is not known to be harmless."""
    name = str(called["function_name"])
    if called.get("catalog") or called.get("schema") not in {"", "main"} or name.lower() not in known:
        raise QueryRefusedError(f"There is no function {name[:80]!a}.")
