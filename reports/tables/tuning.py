"""What tuning recommends: the values and how far each may be moved, what they gain, and what speaks for them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from brownout.harness.metrics import metric
from brownout.harness.part import Estimate
from brownout.harness.recommended import Curve, Step, Tuning
from brownout.harness.tuning.goal import missed

from .. import words
from ..charts import tuning as charts
from ..table import Table

_SHOWN = ("goodput", "p95(latency)", "rmst", "false_timeout_rate", "amplification", "cost_per_good_call")


_PRICED = ("goodput", "cost_per_good_call")


def tables(found: Tuning) -> list[Table]:
    """Those of a search, the answer first; an interrupted one has no curves, and no table of them."""
    return [
        _recommended(found),
        *([_gained(found)] if found.gain is not None else []),
        *(_curve(found, curve) for curve in found.curves),
        *([_front(found)] if len(found.front) > 1 else []),
        *([_verified(found)] if found.verified else []),
    ]


def _recommended(found: Tuning) -> Table:
    curves = {curve.name: curve for curve in found.curves}
    goal = metric(found.goal).title
    limits = f" within {', '.join(found.limits)}" if found.limits else ""
    return Table(
        "What to set",
        f"The values with the best {goal}{limits}, of {found.candidates:,} candidates in {found.calls:,} simulated "
        "calls. Nothing speaks against a value that is not surely worse than the best, all others being as they are, "
        f"or by less than a hundredth of it. Last, how much worse {goal} is at the ends of the range.",
        ("value", "set it to", "nothing speaks against", "at the least", "at the most"),
        tuple((name, value, *_room(found, curves.get(name))) for name, value in found.values.items()),
    )


def _room(found: Tuning, curve: Curve | None) -> tuple[str, str, str]:
    if curve is None:
        return "–", "–", "–"
    if curve.is_level:
        return level(curve), "–", "–"
    if not curve.is_ordered:
        others = [step.value for step in curve.steps if not step.is_worse]
        return " or ".join(others), "–", "–"
    ends = (
        f"{step.value}: {words.worse(found.goal, step.loss.value - curve.best.loss.value)}"
        for step in (curve.steps[0], curve.steps[-1])
    )
    return span(curve), *ends  # type: ignore[return-value]


def span(curve: Curve) -> str:
    """From where to where it may be moved."""
    return f"{curve.low} to {curve.high}" if curve.low != curve.high else f"{curve.low} alone"


def level(curve: Curve) -> str:
    """What is said of a value for which nothing speaks, and against which nothing does."""
    said = "makes no difference in what was played"
    return f"{said}: left as it was" if curve.was == curve.best.value else said


def _gained(found: Tuning) -> Table:
    assert found.gain is not None
    gains = {found.goal: found.gain} if not found.limits else {}
    sure = {*found.sure_gains, *([found.goal] if gains and found.is_sure else [])}
    gains |= {name: each for name, each in found.gains.items() if name not in gains}
    return Table(
        f"What it gains over {found.instead_of}",
        "Means over the scenarios by their weights, paired by seed; a star where chance cannot explain it: the 95% "
        "interval excludes 0, and there are enough seeds.",
        ("metric", "better by", "95% interval"),
        tuple((metric(name).title, words.margin(name, each.value) + "*" * (name in sure), words.gain_bounds(name, each))
              for name, each in gains.items()),
    )  # fmt: skip


def _curve(found: Tuning, curve: Curve) -> Table:
    names = shown(found, curve)
    return Table(
        curve.name,
        "All other values being at their best, under the same seeds.",
        (curve.name, *(metric(name).title for name in names), "verdict"),
        tuple((step.value, *(_cell(step, name) for name in names), _mark(step, found.limits)) for step in curve.steps),
        frozenset(step.value for step in curve.steps if step.is_best),
        is_detail=True,
        chart=charts.curve(found, curve, names[:4]) if curve.is_ordered else None,
    )


def shown(found: Tuning, curve: Curve) -> list[str]:
    """The metrics of a curve, the goal first: those that are a number somewhere, the mean wait where the 95th
    percentile is none because more than one call in twenty fails."""
    finite = {name for step in curve.steps for name, each in step.metrics.items() if math.isfinite(each.value)}
    without = "rmst" if "p95(latency)" in finite else "p95(latency)"
    return [found.goal, *(name for name in _SHOWN if name in finite and name not in (found.goal, without))]


def _cell(step: Step, name: str) -> str:
    return words.with_bounds(name, step.metrics[name]) if name in step.metrics else "–"


def _mark(step: Step, limits: Sequence[str]) -> str:
    """What there is to say against it."""
    if step.is_best:
        return "best"
    broken = missed(limits, {name: each.value for name, each in step.metrics.items()})
    return f"misses {broken[0]}" if broken else "worse" if step.is_worse else ""


def _front(found: Tuning) -> Table:
    rows = [
        (charts.RECOMMENDED if each.is_best else charts.letter(i), *_priced(each.metrics, each.values))
        for i, each in enumerate(found.front)
    ]
    if not any(each.is_best for each in found.front):
        rows.append((charts.RECOMMENDED, *_priced(found.metrics, found.values)))
    return Table(
        "Candidates: goodput and its price",
        "The candidates that no other beats in both, of those that were played under every seed; chance is not asked. "
        "What is recommended is there for the goal's sake.",
        ("candidate", "goodput", "dollars per good call", "values"),
        tuple(rows),
        frozenset({charts.RECOMMENDED}),
        chart=charts.front(found),
    )


def _priced(metrics: Mapping[str, Estimate], values: Mapping[str, str]) -> tuple[str, str, str]:
    figures = (words.with_bounds(name, metrics[name]) if name in metrics else "–" for name in _PRICED)
    return *figures, words.values(values)  # type: ignore[return-value]


def _verified(found: Tuning) -> Table:
    return Table(
        "The real SDK",
        f"Finalists in virtual time, through the real SDK, under seed {found.verified[0].seed}: the loss is that of "
        "the simulator, or it is told here.",
        ("values", "simulated", "the real SDK", "verdict"),
        tuple(
            (
                words.values(each.values),
                f"{each.simulated:.4g}",
                f"{each.played:.4g}",
                "the same" if each.agrees else "DIFFERS",
            )
            for each in found.verified
        ),
        is_detail=all(each.agrees for each in found.verified),
    )
