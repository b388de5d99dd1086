"""Rules of a regression gate: a line such as `p95 worse 10%` says by how much a metric may get worse.

Amounts in percent are relative to the baseline; `points` are percentage points of a share; an amount with the metric's
own unit is that much of it. What is worse is told by the metric.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn, TypeAlias

from brownout.fakes.units import UnitError, parse_duration

from .files.suggest import did_you_mean, quoted
from .metrics import metric
from .objectives import VOCABULARY, ObjectiveError, known_metric

ChangeUnit: TypeAlias = Literal["%", "points", "s", "x", "$", "count"]

DEFAULTS = ("goodput worse 1 point", "p95 worse 10%")
"""What a gate asks of a run for which no rule is given."""
EXAMPLES = ("p95 worse 10%", "goodput worse 2 points", "p95(latency) worse 5s", "cost_per_good_call worse $0.01")

_WORD = "worse"
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
_SHORT = re.compile(r"p(?:[1-9][0-9]?|99\.9)")
_PERCENT = re.compile(rf"({_NUMBER})%")
_POINTS = re.compile(rf"({_NUMBER}) *points?")
_NEARLY = re.compile(rf"({_NUMBER}) *(?:(percent|per cent)|(?:%|percent(?:age)?)? *(?:p|pp|pt|pts|points?))")
"""Percent in words, and points by other names."""


class RuleError(ValueError):
    """A line that is no rule; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A metric, and the change for the worse that is allowed: with more of it the gate is missed.

    `amount` is a share of the baseline where `unit` is `%`, a share of one where it is `points`, and else in the
    metric's own unit.
    """

    metric: str
    amount: float
    unit: ChangeUnit
    text: str
    """The line as it was written, without superfluous blanks; parses to the same."""

    @property
    def is_relative(self) -> bool:
        return self.unit == "%"

    @property
    def sign(self) -> float:
        """What a metric is to be multiplied by, so that more of it is worse."""
        return 1.0 if metric(self.metric).better == "lower" else -1.0

    @property
    def allowed(self) -> str:
        """`10% are allowed`."""
        written = self.text.partition(f" {_WORD} ")[2]
        return f"{written} {'is' if written.startswith('$') or written == '1 point' else 'are'} allowed"

    def change(self, before: float, now: float) -> float:
        """From one value to another, in the unit of the amount; positive is worse, infinite what is without bounds."""
        if before == now:
            return 0.0
        worse = self.sign * (now - before)
        if not self.is_relative or math.isinf(worse):
            return worse
        return worse / abs(before) if before else math.copysign(math.inf, worse)

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Rule:
    """The rule in a line. Raises `RuleError`."""
    words = text.split()
    if words.count(_WORD) != 1:
        _refuse(f"expected a metric, {quoted(_WORD)} and an amount, such as {quoted(EXAMPLES[0])}{_instead(words)}")
    at = words.index(_WORD)
    name, written = "".join(words[:at]), " ".join(words[at + 1 :])
    if not name:
        _refuse(f"expected a metric before {quoted(_WORD)}, such as {quoted(EXAMPLES[0])}")
    try:
        known, unit = known_metric(f"{name}(latency)" if _SHORT.fullmatch(name) else name, _WORD, VOCABULARY)
    except ObjectiveError as error:
        raise RuleError(str(error)) from None
    amount, of = _amount(known, unit, written)
    if metric(known).better == "higher" and of in ("%", "points") and amount > 1.0:
        _refuse(f"{known} cannot get worse by {written}: there is no more than all of it")
    return Rule(known, amount, of, f"{name} {_WORD} {written}")


def parse_all(texts: Sequence[str]) -> list[Rule]:
    """One rule a line, none twice. Raises `RuleError`, which names the line."""
    found: dict[tuple[str, ChangeUnit], Rule] = {}
    for text in texts:
        try:
            rule = parse(text)
        except RuleError as error:
            raise RuleError(f"{quoted(text)}: {error}") from None
        if (rule.metric, rule.unit) in found:
            raise RuleError(f"{quoted(text)}: there is a rule like it, {quoted(str(found[rule.metric, rule.unit]))}")
        found[rule.metric, rule.unit] = rule
    return list(found.values())


def _instead(words: Sequence[str]) -> str:
    """What somebody may have meant who does not say that something is worse."""
    if _WORD in words:
        return "; give each rule a line of its own"
    if len(words) == 3:
        near = did_you_mean(words[1], [_WORD])
        return near if "mean" in near else f"; write {quoted(f'{words[0]} {_WORD} {words[2]}')}"
    return ""


def _amount(name: str, unit: str, written: str) -> tuple[float, ChangeUnit]:
    """The amount in base units, and what it is of."""
    if not written:
        _refuse(f"expected an amount after {quoted(_WORD)}: {_takes(name, unit)}")
    if found := _PERCENT.fullmatch(written):
        return float(found[1]) / 100, "%"
    if unit == "%":
        if found := _POINTS.fullmatch(written):
            return float(found[1]) / 100, "points"
    elif unit == "s":
        try:
            return parse_duration(written), "s"
        except UnitError as error:
            _refuse(f"{_takes(name, unit)}, not {quoted(written)}{_hint(unit, written, error.hint)}")
    elif found := re.fullmatch(rf"\$({_NUMBER})" if unit == "$" else rf"({_NUMBER}){'x?' * (unit == 'x')}", written):
        return float(found[1]), "$" if unit == "$" else "x" if unit == "x" else "count"
    raise RuleError(f"{_takes(name, unit)}, not {quoted(written)}{_hint(unit, written)}")


def _hint(unit: str, written: str, of_unit: str = "") -> str:
    """What may have been meant."""
    plain = re.sub(r"^(?:than|by) ", "", written)
    if plain != written:
        return f"; write {quoted(plain)}"
    if found := _NEARLY.fullmatch(written):
        if found[2]:
            return f'; write "{found[1]}%"'
        return f'; write "{found[1]} points"' if unit == "%" else "; points are for shares"
    if re.fullmatch(_NUMBER, written) and unit in ("%", "$"):
        return f'; write "{written}%" or "{f"{written} points" if unit == "%" else f"${written}"}"'
    return of_unit and f"; {of_unit}"


def _takes(name: str, unit: str) -> str:
    kinds = {
        "%": 'or percentage points such as "2 points"',
        "s": 'or a duration such as "5s"',
        "x": 'or a number such as "0.5"',
        "$": 'or an amount such as "$0.01"',
        "count": 'or a number such as "10"',
    }
    return f'{name} takes a share of the baseline such as "10%" {kinds[unit]}'


def _refuse(message: str) -> NoReturn:
    raise RuleError(message)
