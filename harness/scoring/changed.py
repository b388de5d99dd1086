"""What changes are called: one of them in a sentence, and the verdict of a gate in its first lines."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..results import Change
from ..rules import Rule, parse
from ..statistics.difference import Difference, fewest_runs
from .verdicts import figure

NOT_ENOUGH = "not enough data: "
_BLIND = "nothing could have been seen"
_DIGITS = range(13)


def amount(change: Change, value: float, digits: int = 0) -> str:
    """A change as people read it, with so many decimals (0: the usual): `31%` of the baseline, `2.5 points`."""
    if math.isinf(value):
        return "without bounds" if value > 0.0 else "-"
    if change.unit == "%":
        return _signed(f"{value:.{digits or (0 if abs(value) >= 0.1 else 1)}%}")
    if change.unit == "points":
        return _signed(f"{value * 100:.{digits or 1}f}") + " points"
    return ("-" if value < 0.0 else "") + figure(change.metric, abs(value), digits)


def by(change: Change) -> str:
    """By how much it is worse. What is more than the rule allows by a hair has as many digits as show it."""
    allowed = parse(change.rule).amount
    if change.outcome == "held":
        return amount(change, change.change)
    told = ((amount(change, change.change, digits), amount(change, allowed, digits)) for digits in _DIGITS)
    return next((text for text, limit in told if text != limit), amount(change, change.change))


def _signed(text: str) -> str:
    """Without the sign of a zero."""
    return text.removeprefix("-") if not text.strip("-0.%") else text


def interval(change: Change) -> str:
    """`22% to 40%`; empty where there is none."""
    if change.low is None or change.high is None:
        return ""
    low, high = (amount(change, bound) for bound in (change.low, change.high))
    return f"{low.removesuffix(' points')} to {high}"


def said(change: Change) -> str:
    """`p95(latency) of mine in storm is 31% worse than the baseline (95% interval 22% to 40%), 10% are allowed`."""
    return f"{change.metric} of {change.client} in {change.scenario} {_how_much(change)}, {parse(change.rule).allowed}"


def _how_much(change: Change) -> str:
    if math.isinf(change.change):
        before, now = (figure(change.metric, found.value) for found in (change.baseline, change.now))
        return f"went from {before} to {now}"
    bounds = f" (95% interval {interval(change)})" if interval(change) else ""
    return f"is {by(change)} worse than the baseline{bounds}"


def why(change: Change, rule: Rule, found: Difference, counted: int) -> str:
    """The reason for an outcome, in a few words. `counted`: comparisons that could raise an alarm."""
    match change.reason:
        case "sure":
            return f"surely worse; {rule.allowed}"
        case "chance" | "few":
            return f"{NOT_ENOUGH}{_more(change, found, counted)}"
        case "never":
            return "never, before and now"
        case "same":
            return "the same in every run"
        case "blind":
            return f"{_BLIND}: it takes {_runs(fewest_runs(counted, found.is_paired))}"
        case "allowed":
            if change.smallest is None:
                return f"not surely worse; {rule.allowed}"
            return f"{amount(change, change.smallest)} would have been found"


def _more(change: Change, found: Difference, counted: int) -> str:
    """How many runs would tell."""
    if not found.has_spread:
        return f"one run does not say how far runs differ; it takes {_runs(fewest_runs(counted, found.is_paired))}"
    if change.runs_needed is None:
        return "the runs do not agree, and no number of them is known that would"
    more = max(1, change.runs_needed - found.runs)
    return f"about {more:,} more {'run' if more == 1 else 'runs'}, of the baseline too"


def _runs(count: int) -> str:
    return f"at least {count} runs of each"


def sees_nothing(changes: Sequence[Change]) -> bool:
    """Whether there are so few runs that none of what changed could have been told from chance, better or worse."""
    told = {change.reason for change in changes} - {"same", "never"}
    return bool(told) and told <= {"blind", "few"}


def verdict(changes: Sequence[Change]) -> str:
    """Of a gate: whether it is missed and by what, what is not known, and what would have been found."""
    worse, unsure, held = (
        [change for change in changes if change.outcome == outcome] for outcome in ("worse", "unsure", "held")
    )
    doubts = _doubts(unsure, len(changes))
    if worse:
        others = f" {len(worse)} of {len(changes)} comparisons are worse." if len(worse) > 1 else ""
        return f"GATE MISSED: {said(worse[0])}.{others}{doubts}"
    if sees_nothing(changes):
        return f"GATE UNDECIDED: {nothing_seen(changes)}.{doubts}"
    what = f"none of {len(changes)} comparisons" if len(changes) > 1 else "the only comparison made"
    is_not = "is" if len(changes) > 1 else "is not"
    return (
        f"GATE held: {what} with the baseline {is_not} surely worse by more than its rule allows{_power(held)}.{doubts}"
    )


def nothing_seen(changes: Sequence[Change]) -> str:
    """Of a gate that sees nothing: how many runs it takes, where that is known."""
    blind = next((change for change in changes if change.reason == "blind"), None)
    return blind.why if blind is not None else f"{_BLIND} with so few runs"


def _doubts(unsure: Sequence[Change], of: int) -> str:
    if not unsure:
        return ""
    return f" NOT ENOUGH DATA for {len(unsure)} of {of}: {said(unsure[0])}: {unsure[0].why.removeprefix(NOT_ENOUGH)}."


def _power(held: Sequence[Change]) -> str:
    """What would have been found, where that is hardest to find."""
    blind = next((change for change in held if change.reason == "blind"), None)
    if blind is not None:
        return f"; {blind.why}"
    known = [change for change in held if change.smallest is not None and change.reason != "same"]
    if not known:
        them = "it is" if len(held) == 1 else "all are"
        return f"; {them} the same in every run" if held and all(each.reason == "same" for each in held) else ""
    hardest = max(known, key=_hardness)
    assert hardest.smallest is not None
    found = f"{hardest.metric} of {hardest.client} in {hardest.scenario}"
    return f"; {found} worse by {amount(hardest, hardest.smallest)} would have been found"


def _hardness(change: Change) -> float:
    assert change.smallest is not None
    return change.smallest / (parse(change.rule).amount or 1e-9)
