"""Objectives: a line such as `p95(latency) <= 60s` that a run has to meet.

Which metrics there are, and in what unit, is told by a `Vocabulary`; the parser knows the units only.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, NoReturn, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from brownout.fakes.units import UnitError, parse_duration, parse_share

from .files.suggest import did_you_mean, nearest, quoted
from .metrics import FAMILIES, METRICS

Unit: TypeAlias = Literal["%", "s", "x", "$", "count"]
Operator: TypeAlias = Literal["<=", "<", ">=", ">"]


class Vocabulary(NamedTuple):
    """The metrics by name, and the quantities that have quantiles: `latency` stands for `p50(latency)` and the like."""

    metrics: Mapping[str, str]
    families: Mapping[str, str]


VOCABULARY = Vocabulary({name: metric.unit for name, metric in METRICS.items()}, FAMILIES)
EXAMPLES = ("goodput >= 99%", "p95(latency) <= 60s", "amplification <= 1.5", "cost_per_good_call <= $0.05")

_HOLDS: dict[Operator, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
}
_MISWRITTEN: dict[str, Operator] = {"=<": "<=", "=>": ">=", "\u2264": "<=", "\u2265": ">="}
_OPERATORS = re.compile(r"[<>=!\u2264\u2265]+")
_QUANTILE = re.compile(r"p([1-9][0-9]?|99\.9)\(([a-z_]+)\)")
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?")
_PATTERN = r"^ *[a-z][a-z0-9_.]* *(\( *[a-z_]+ *\))? *(<=|<|>=|>) *\$?[0-9][0-9a-z.]*%? *$"


class ObjectiveError(ValueError):
    """A line that is no objective; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A metric and the limit it has to keep, in the metric's own unit: a share of 1, seconds, dollars, a number."""

    metric: str
    op: Operator
    limit: float
    text: str
    """The line as it was written, without superfluous blanks; parses to the same."""

    def holds(self, value: float) -> bool:
        """Whether the value is on the right side."""
        return _HOLDS[self.op](value, self.limit)

    def margin(self, value: float) -> float:
        """How far the value is on the right side, in the metric's unit; negative when it is on the wrong one.

        What does not exist (not a number) is as wrong as can be.
        """
        if math.isnan(value):
            return -math.inf
        return self.limit - value if self.op in ("<=", "<") else value - self.limit

    def __str__(self) -> str:
        return self.text


def parse(text: str, vocabulary: Vocabulary = VOCABULARY) -> Objective:
    """The objective in a line. Raises `ObjectiveError`."""
    found = list(_OPERATORS.finditer(text))
    if not found:
        _refuse(f"expected a metric, one of {', '.join(_HOLDS)}, and a limit, such as {quoted(EXAMPLES[1])}")
    first = found[0]
    name, written, after = text[: first.start()], first[0], text[first.end() :].strip()
    if written not in _HOLDS:
        meant = _MISWRITTEN.get(written)
        hint = f"; write {quoted(meant)}" if meant else ""
        _refuse(f"{quoted(written)} is no operator; known: {', '.join(map(quoted, _HOLDS))}{hint}")
    if len(found) > 1:
        _refuse(f"one objective has one limit, and {quoted(found[1][0])} begins a second; give it a line of its own")
    metric, unit = known_metric("".join(name.split()), written, vocabulary)
    limit = _limit(metric, unit, written, after)
    return Objective(metric, written, limit, f"{metric} {written} {after}")


def known_metric(name: str, op: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The metric that stands before `op`, and its unit. Raises `ObjectiveError`."""
    if not name:
        _refuse(f"expected a metric before {quoted(op)}, such as {quoted(EXAMPLES[1])}")
    if name in vocabulary.metrics:
        return name, vocabulary.metrics[name]
    if (found := _QUANTILE.fullmatch(name)) and found[2] in vocabulary.families:
        return name, vocabulary.families[found[2]]
    quantile, _, family = name.removesuffix(")").partition("(")
    if family and re.fullmatch(r"p[0-9.]+", quantile):
        if family not in vocabulary.families:
            _refuse(f"unknown metric {quoted(name)}{_meant(quantile, family, vocabulary)}")
        _refuse(f"there is no {quoted(quantile)}; quantiles are p1 to p99, and p99.9")
    for whole in (name, f"p95({name})", f"{name}(latency)"):
        if (found := _QUANTILE.fullmatch(whole)) and found[2] in vocabulary.families:
            _refuse(f"unknown metric {quoted(name)}, did you mean {quoted(whole)}?")
    known = dict.fromkeys((*vocabulary.metrics, *(f"p95({each})" for each in vocabulary.families)))
    raise ObjectiveError(f"unknown metric {quoted(name)}{did_you_mean(name, known)}")


def _meant(quantile: str, family: str, vocabulary: Vocabulary) -> str:
    near = nearest(family, vocabulary.families)
    known = [f"{quantile}({each})" for each in vocabulary.families]
    return did_you_mean(f"{quantile}({near or family})", known) if near else f"; known: {', '.join(map(quoted, known))}"


def _limit(metric: str, unit: str, op: str, written: str) -> float:
    """The limit in the metric's unit."""
    if not written:
        _refuse(f"expected a limit after {quoted(op)}: {_takes(metric, unit)}")
    if unit in ("%", "s"):
        try:
            limit = parse_share(written) if unit == "%" else parse_duration(written)
        except UnitError as error:
            _refuse(f"{_takes(metric, unit)}, not {quoted(written)}{error.hint and '; ' + error.hint}")
    else:
        digits = written.removeprefix("$") if unit == "$" else written.removesuffix("x") if unit == "x" else written
        if not _NUMBER.fullmatch(digits) or (unit == "$" and digits == written):
            hint = f'; write "${written}"' if unit == "$" and _NUMBER.fullmatch(written) else ""
            _refuse(f"{_takes(metric, unit)}, not {quoted(written)}{hint}")
        limit = float(digits)
    if (op == "<" and limit == 0.0) or (op == ">" and unit == "%" and limit == 1.0):
        _refuse(f"{metric} {op} {written} can never hold")
    return limit


def _takes(metric: str, unit: str) -> str:
    kinds = {
        "%": 'a share from "0%" to "100%"',
        "s": 'a duration such as "10s"',
        "x": 'a number such as "1.5"',
        "$": 'an amount such as "$0.05"',
        "count": 'a number such as "10"',
    }
    return f"{metric} takes {kinds[unit]}"


def _refuse(message: str) -> NoReturn:
    raise ObjectiveError(message)


class _InFiles:
    """An objective as a text in a file."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _validated, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        about = "A metric, an operator and a limit with its unit."
        return {"type": "string", "pattern": _PATTERN, "description": about, "examples": list(EXAMPLES)}


def _validated(value: object) -> Objective:
    if isinstance(value, Objective):
        return value
    if not isinstance(value, str):
        context = {"expected": f"an objective such as {quoted(EXAMPLES[1])}", "hint": ""}
        raise PydanticCustomError("objective", "expected {expected}", context)
    try:
        return parse(value)
    except ObjectiveError as error:
        raise PydanticCustomError("objective", "{text}", {"text": str(error)}) from None


ObjectiveText = Annotated[Objective, _InFiles()]
"""For models: a text in the file, an `Objective` in the program."""
