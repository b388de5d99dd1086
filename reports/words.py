"""Figures as people read them, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping

from brownout.harness.metrics import metric
from brownout.harness.part import Estimate
from brownout.harness.scoring.verdicts import figure
from brownout.harness.tuning.goal import NEVER
from brownout.harness.views import Waterfall

_KINDS = 3


def of(name: str, value: float) -> str:
    """A metric's value; `never` where it is infinite."""
    return figure(name, value)


def bounds(name: str, found: Estimate) -> str:
    """Its 95% interval, or why there is none."""
    if found.low is None or found.high is None:
        return "–"
    return f"{of(name, found.low)} to {of(name, found.high)}"


def with_bounds(name: str, found: Estimate) -> str:
    """`3.4 s (3.1 s to 3.8 s)`."""
    text = of(name, found.value)
    return text if found.low is None or found.low == found.high else f"{text} ({bounds(name, found)})"


def percent(share: float) -> str:
    """A share of one."""
    return f"{share:.1%}"


def chance(share: float) -> str:
    """A share of resamples: none of them, or all, is no certainty."""
    return "<0.1%" if share < 0.0005 else ">99.9%" if share > 0.9995 else percent(share)


def points(share: float) -> str:
    """A difference of shares, in percentage points."""
    text = f"{share * 100:.1f}"
    return "0.0" if text == "-0.0" else text


def point_bounds(found: Estimate) -> str:
    """The 95% interval of a difference of shares."""
    if found.low is None or found.high is None:
        return "–"
    return f"{points(found.low)} to {points(found.high)}"


def margin(name: str, by: float) -> str:
    """How far a value is on the right side of its limit."""
    if abs(by) == float("inf"):
        return "all" if by > 0 else "none"
    if metric(name).unit == "%":
        return f"{points(by)} points"
    text = of(name, abs(by))
    return f"-{text}" if by < 0.0 and any(digit in text for digit in "123456789") else text


def worse(name: str, by: float) -> str:
    """How much worse a loss is: `4.2 points worse`."""
    return f"{margin(name, by)} worse" if abs(by) < NEVER / 2 else "never" if by > 0.0 else "–"


def gain_bounds(name: str, found: Estimate) -> str:
    """The 95% interval of a difference."""
    if found.low is None or found.high is None:
        return "–"
    return f"{margin(name, found.low)} to {margin(name, found.high)}"


def values(found: Mapping[str, str]) -> str:
    """`timeouts.read 9s, retry.retries 3`."""
    return ", ".join(f"{name} {value}" for name, value in found.items())


def counts(found: dict[str, int]) -> str:
    """`stream_timeout 12, censored 3`, or a dash. Of more than three kinds the rest is one sum: no line is endless."""
    shown = list(found.items())
    if len(shown) > _KINDS + 1:
        shown = [*shown[:_KINDS], (f"{len(shown) - _KINDS} others", sum(count for _, count in shown[_KINDS:]))]
    return ", ".join(f"{name} {count:,}" for name, count in shown) or "–"


def clock(seconds: float) -> str:
    """`90 s`, or from ten minutes on `12:30`."""
    return f"{seconds:g} s" if seconds < 600.0 else f"{int(seconds // 60)}:{int(seconds % 60):02}"


def end_of(call: Waterfall) -> str:
    """What became of a call."""
    if call.outcome == "answered whole":
        return f"answered after {call.ends:.2f} s" + ("" if call.is_good else ", too late to be of use")
    return f"lost after {call.ends:.2f} s: {call.outcome}"
