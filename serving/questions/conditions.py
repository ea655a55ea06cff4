"""SQL of filters. Each condition is true or false, never NULL, so that ``not`` is its exact opposite."""

from collections.abc import Callable
from typing import Any

from serving.questions.engines import Engine
from serving.questions.question import Condition, Filter

COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class Values:
    """The parameters of a statement."""

    def __init__(self) -> None:
        self.list: list[Any] = []

    def add(self, value: Any) -> str:
        """Return what stands for the value in SQL."""
        self.list.append(value)
        return f"${len(self.list)}"

    def all(self, values: Any) -> str:
        return ", ".join(self.add(value) for value in values)


def condition_sql(found: Filter, column: Callable[[str], str], values: Values, engine: Engine) -> str:
    """Return SQL that is true for rows that the filter keeps. ``column`` gives the SQL of a name."""
    if isinstance(found, Condition):
        return leaf(found, column(found.name), values, engine)
    parts = [condition_sql(part, column, values, engine) for part in found.parts]
    if found.operator == "not":
        return f"(not {parts[0]})"
    return "(" + f" {found.operator} ".join(parts) + ")"


def leaf(found: Condition, column: str, values: Values, engine: Engine) -> str:
    if found.operator == "is_set":
        return f"({column} is not null)"
    if found.operator == "is":
        return f"coalesce({column} in ({values.all(found.values)}), false)"
    if found.operator == "is_not":
        return f"coalesce({column} not in ({values.all(found.values)}), true)"
    one_of = [compared(found.operator, column, values.add(value), engine) for value in found.values]
    return f"coalesce({' or '.join(one_of)}, false)"


def compared(operator: str, column: str, value: str, engine: Engine) -> str:
    if operator == "contains":
        return f"strpos({column}, {value}) > 0"
    if operator == "starts_with":
        return f"starts_with({column}, {value})"
    if operator == "matches":
        return engine.matches(column, value)
    return f"{column} {COMPARED[operator]} {value}"
