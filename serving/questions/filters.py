"""Filters, as questions have them: lists that begin with an operator. ``having`` is the same over metrics."""

import math
from collections.abc import Mapping
from typing import Any, get_args

from serving.questions.catalogue import Type
from serving.questions.faults import Faults, at
from serving.questions.patterns import PatternError, portable
from serving.questions.question import Both, Condition, Filter, Operator

DEEPEST, MOST_CONDITIONS, MOST_VALUES, LONGEST = 20, 100, 1_000, 2_000
LARGEST = 10**15
ALL: tuple[Operator, ...] = get_args(Operator)
ORDERED: tuple[Operator, ...] = ("gt", "gte", "lt", "lte")
OF_TEXTS: tuple[Operator, ...] = tuple(one for one in ALL if one not in ORDERED)
OF_NUMBERS: tuple[Operator, ...] = ("is", "is_not", *ORDERED, "is_set")
GROUPS = ("and", "or", "not")


class FilterReader:
    """Reads one filter. ``types`` are the names that may be in it, with their types; ``kind`` says what they are."""

    def __init__(self, types: Mapping[str, Type], kind: str, faults: Faults) -> None:
        self._types, self._kind, self._faults = types, kind, faults
        self._conditions = self._values = 0

    def read(self, said: Any, pointer: str) -> Filter | None:
        """Return the filter; None if there is none, or if it is not valid."""
        if said is None or said == []:
            return None
        if not isinstance(said, list):
            self._add("wrong_type", pointer, "It is a list of conditions.")
            return None
        # One condition may stand without a list around it.
        if isinstance(said[0], str):
            return self._one(said, pointer, 0)
        return self._all("and", said, pointer, 0)

    def _add(self, code: str, pointer: str, detail: str, allowed: tuple[str, ...] = ()) -> None:
        self._faults.add(code, pointer, detail, allowed)

    def _one(self, said: Any, pointer: str, depth: int) -> Filter | None:
        if not isinstance(said, list) or not said or not isinstance(said[0], str):
            self._add("wrong_type", pointer, 'A condition is a list, such as ["is", "country", ["DE"]].')
            return None
        if depth > DEEPEST:
            self._add("too_deep", pointer, f"Conditions are at most {DEEPEST} deep.")
            return None
        operator = said[0]
        if operator in {"and", "or"} and len(said) == 2 and isinstance(said[1], list) and said[1]:
            return self._all(operator, said[1], at(pointer, 1), depth)
        if operator == "not" and len(said) == 2:
            part = self._one(said[1], at(pointer, 1), depth + 1)
            return part and Both("not", (part,))
        if operator in GROUPS:
            shape = '["not", condition]' if operator == "not" else f'["{operator}", [condition, …]]'
            self._add("wrong_type", pointer, f"It is written {shape}.")
            return None
        return self._condition(said, pointer)

    def _all(self, operator: Any, said: list[Any], pointer: str, depth: int) -> Filter | None:
        parts = [
            self._one(part, at(pointer, place), depth + 1) for place, part in enumerate(said[: MOST_CONDITIONS + 1])
        ]
        return Both(operator, tuple(part for part in parts if part is not None))

    def _condition(self, said: list[Any], pointer: str) -> Condition | None:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            if self._conditions == MOST_CONDITIONS + 1:
                self._add("too_many", pointer, f"There are at most {MOST_CONDITIONS} conditions.")
            return None
        name = said[1] if len(said) > 1 else None
        kind = self._types.get(name) if isinstance(name, str) else None
        if not isinstance(name, str) or kind is None:
            self._add(
                f"unknown_{self._kind}", at(pointer, 1), f"There is no such {self._kind} here.", tuple(self._types)
            )
            return None
        operators = OF_TEXTS if kind == "text" else OF_NUMBERS
        if said[0] not in operators:
            self._add("unknown_operator", at(pointer, 0), f"{name} cannot be compared so.", (*operators, *GROUPS))
            return None
        operator: Operator = said[0]
        if operator == "is_set":
            if len(said) > 2:
                self._add("wrong_type", at(pointer, 2), 'is_set has no values; its opposite is ["not", ["is_set", …]].')
            return Condition(operator, name)
        values = self._read_values(said, pointer, kind, operator)
        return None if values is None else Condition(operator, name, values)

    def _read_values(
        self, said: list[Any], pointer: str, kind: Type, operator: Operator
    ) -> tuple[str | int | float, ...] | None:
        pointer_of_values = at(pointer, 2)
        values = said[2] if len(said) == 3 else None
        if not isinstance(values, list):
            # A single value may stand without a list around it.
            values = [values]
        if len(said) != 3 or not values:
            self._add("wrong_type", pointer_of_values, "A condition ends with its values; one of them must fit.")
            return None
        self._values += len(values)
        if self._values > MOST_VALUES:
            self._add("too_many", pointer_of_values, f"All conditions together have at most {MOST_VALUES} values.")
            return None
        found = [self._value(one, at(pointer_of_values, place), kind, operator) for place, one in enumerate(values)]
        return None if any(one is None for one in found) else tuple(one for one in found if one is not None)

    def _value(self, said: Any, pointer: str, kind: Type, operator: Operator) -> str | int | float | None:
        if kind == "text":
            return self._text(said, pointer, operator)
        is_number = isinstance(said, int | float) and not isinstance(said, bool)
        if not is_number or abs(said) > LARGEST or not math.isfinite(said):
            self._add("wrong_type", pointer, "It is compared with numbers.")
            return None
        return said

    def _text(self, said: Any, pointer: str, operator: Operator) -> str | None:
        if not isinstance(said, str):
            self._add("wrong_type", pointer, "It is compared with texts; what is not known is found by is_set.")
            return None
        if not said or len(said) > LONGEST or "\0" in said:
            self._add("invalid_text", pointer, f"A text has 1 to {LONGEST} characters, none of them NUL.")
            return None
        if operator != "matches":
            return said
        try:
            return portable(said)
        except PatternError as error:
            self._add("invalid_pattern", pointer, f"{error} Patterns are a part of RE2's: docs/api.md.")
            return None
