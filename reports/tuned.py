"""What tuning has found, as text."""

from __future__ import annotations

from collections.abc import Iterator

from brownout.harness.metrics import metric
from brownout.harness.part import Estimate
from brownout.harness.recommended import Curve, Tuning

from . import words
from .tables.tuning import level, shown, span

_WIDEST = 12


def headline(found: Tuning) -> str:
    """The values, how good they are, and how much better than what there was."""
    goal = words.with_bounds(found.goal, found.metrics[found.goal]) if found.goal in found.metrics else "–"
    said = f"{words.values(found.values)}: {metric(found.goal).title} {goal}"
    if found.gain is None:
        return f"{said}, the best so far."
    return f"{said}, {_gain(found, found.gain)}."


def tuned_text(found: Tuning) -> str:
    """The verdict first, then a table for each value."""
    return "\n".join(_lines(found)).rstrip() + "\n"


def _lines(found: Tuning) -> Iterator[str]:
    yield headline(found)
    if found.gains and _is_better(found):
        gains = (f"{metric(name).title} {words.margin(name, each.value)}" for name, each in found.gains.items())
        yield f"Better by: {', '.join(gains)}."
    yield f"{found.candidates} candidates, {found.calls:,} simulated calls.{_verified(found)}"
    yield ""
    for curve in found.curves:
        yield from _curve(found, curve)


def _is_better(found: Tuning) -> bool:
    return found.is_sure and found.gain is not None and found.gain.value > 0.0


def _gain(found: Tuning, gain: Estimate) -> str:
    if not any((gain.value, gain.low, gain.high)):
        return f"exactly as good as {found.instead_of}"
    by = "" if found.limits else words.margin(found.goal, abs(gain.value))  # with limits a loss has no unit
    if not found.is_sure:
        doubt = f": the difference of {by} may be chance" if by else ""
        return f"not surely better than {found.instead_of}{doubt}"
    return f"{by or 'surely'} {'better' if _is_better(found) else 'worse'} than {found.instead_of}"


def _verified(found: Tuning) -> str:
    if not found.verified:
        return ""
    count = "finalist" if len(found.verified) == 1 else f"{len(found.verified)} finalists"
    if all(each.agrees for each in found.verified):
        return f" The real SDK in virtual time comes to the same for the {count}."
    differ = next(each for each in found.verified if not each.agrees)
    return f" THE REAL SDK DIFFERS: {differ.played:.4g} in virtual time, {differ.simulated:.4g} in the simulator."


def _curve(found: Tuning, curve: Curve) -> Iterator[str]:
    names = shown(found, curve)[:4]
    if curve.is_level:
        yield f"{curve.name}: {level(curve)}"
    elif curve.is_ordered:
        yield f"{curve.name}: " + ("nothing speaks against " if curve.low != curve.high else "") + span(curve)
    else:
        yield f"{curve.name}:"
    heads = [metric(name).title for name in names]
    rows = [
        [words.of(name, step.metrics[name].value) if name in step.metrics else "–" for name in names]
        for step in curve.steps
    ]
    widest = max(_WIDEST, *(len(step.value) for step in curve.steps))
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    yield f"  {'':>{widest}}  " + "  ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    for step, row in zip(curve.steps, rows, strict=True):
        mark = "best" if step.is_best else "worse" if step.is_worse else ""
        cells = "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        yield f"  {step.value:>{widest}}  {cells}  {mark}".rstrip()
    yield ""
