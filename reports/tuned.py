"""What tuning has found, as text."""

from __future__ import annotations

from collections.abc import Iterator

from brownout.harness.metrics import metric
from brownout.harness.results import Estimate
from brownout.harness.scoring.verdicts import figure
from brownout.harness.tuning.goal import NEVER, Goal
from brownout.harness.tuning.result import Curve, Tuned

_WIDEST = 24


def tuned_text(found: Tuned, goal: Goal) -> str:
    """The verdict first, then a table for each value."""
    values = ", ".join(f"{name} {value}" for name, value in found.values.items())
    title = metric(goal.metric).title
    better = _amount(goal, found.gain)
    lines = [
        f"{values}: {title} {_interval(goal, found.loss)}, {better} than {found.instead_of}.",
        f"{found.candidates} candidates, {found.calls:,} simulated calls.{_verified(goal, found)}",
        "",
        *(line for curve in found.curves for line in _curve(goal, curve)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _verified(goal: Goal, found: Tuned) -> str:
    if found.verified is None:
        return ""
    simulated, played = (_interval(goal, Estimate(value=loss)) for loss in found.verified)
    if simulated == played:
        return f" The real SDK in virtual time comes to the same: {played} under the first seed."
    return f" THE REAL SDK DIFFERS: {played} in virtual time, {simulated} in the simulator, under the first seed."


def _curve(goal: Goal, curve: Curve) -> Iterator[str]:
    low, high = curve.flat
    yield f"{curve.name}: " + (f"nothing speaks against {low} to {high}" if low != high else f"{low}, and nothing near")
    for step in curve.steps:
        mark = "best" if step.is_best else "worse" if step.is_worse else ""
        yield f"  {step.value:>{_WIDEST // 2}}  {_interval(goal, step.loss):<{_WIDEST + 8}} {mark}".rstrip()
    yield ""


def _interval(goal: Goal, loss: Estimate) -> str:
    """As the metric's own figure: a loss is turned round where more is better."""
    is_turned = metric(goal.metric).better == "higher"
    bounds = [loss.low, loss.high] if not is_turned else [loss.high, loss.low]
    sign = -1.0 if is_turned else 1.0
    if abs(loss.value) >= NEVER / 2:
        return "never"
    value = figure(goal.metric, sign * loss.value)
    if bounds[0] is None or bounds[1] is None:
        return value
    low, high = (figure(goal.metric, sign * bound) for bound in bounds if bound is not None)
    return value if low == high else f"{value} ({low} to {high})"


def _amount(goal: Goal, gain: Estimate) -> str:
    if abs(gain.value) >= NEVER / 2:
        return "far better" if gain.value > 0 else "far worse"
    if gain.low is not None and gain.high is not None and gain.low <= 0.0 <= gain.high:
        return "not surely better"
    return f"{figure(goal.metric, abs(gain.value))} {'better' if gain.value > 0 else 'worse'}"
