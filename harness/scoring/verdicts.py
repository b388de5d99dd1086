"""The answer in a sentence or two: who, by how much, how sure; or which objective was missed, by how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..metrics import metric
from ..results import Standing, Verdict
from .standings import seeds_to_tell


def of_comparison(standings: Sequence[Standing], scenarios: Sequence[str], runs: int) -> str:
    """For clients compared, the best first."""
    best, *others = standings
    where = f"{len(scenarios)} scenarios" if len(scenarios) > 1 else scenarios[0]
    seeds = f"{runs} seeds" if runs > 1 else "1 seed"
    holds = (
        f"{best.client} holds best over {where} ({seeds}): callers wait {_percent(best.score.value)} of their deadline "
        f"on average, {_percent(best.goodput.value)} of calls are answered in time"
    )
    if not others:
        return holds.replace(" holds best over ", " over ") + "."
    tied = [other for other in others if other.is_tied_with_best]
    if not tied:
        nearest = others[0]
        return (
            f"{holds}. {nearest.client} is next: callers wait {_points(nearest.behind.value)} points longer "
            f"(95% interval {_points(nearest.behind.low or 0.0)} to {_points(nearest.behind.high or 0.0)})."
        )
    names, nearest = ", ".join(other.client for other in tied), tied[0]
    if not nearest.behind.value:
        return f"{holds}, and so {'do' if len(tied) > 1 else 'does'} {names}."
    return f"{holds}, but not surely more than {names}: {_doubt(nearest, len(standings), runs)}."


def _doubt(nearest: Standing, clients: int, runs: int) -> str:
    """Why the next best is not told apart from the best."""
    gap = f"the difference of {_points(nearest.behind.value)} points may be chance"
    least = seeds_to_tell(clients)
    if runs < least:
        return f"not enough data, {gap}; {clients} clients need at least {least} seeds to be told apart"
    if nearest.runs_needed is not None and nearest.runs_needed > runs:
        return f"{gap}; about {nearest.runs_needed - runs:,} more seeds would tell"
    return gap


def of_objectives(verdicts: Sequence[Verdict], runs: int) -> str:
    """For objectives judged: PASS or FAIL and the reason, in the first line."""
    decided = [each for each in verdicts if each.is_met is not None]
    if not decided:
        return "NOTHING DECIDED: no scenario has an objective that could be judged."
    missed = [each for each in decided if not each.is_met]
    seeds = f"{runs} seeds" if runs > 1 else "1 seed"
    if not missed:
        tight = min(decided, key=_relative_margin)
        return (
            f"PASS all {len(decided)} objectives met ({seeds}); tightest: {said(tight)} "
            f"({tight.scenario}, {tight.client})."
        )
    worst = min(missed, key=_relative_margin)
    others = "" if len(missed) == 1 else f"; {len(missed)} of {len(decided)} objectives missed"
    return f"FAIL {said(worst)} ({worst.scenario}, {worst.client}){others} ({seeds})."


def said(verdict: Verdict) -> str:
    """`p95(latency) 12.9 s, asked <= 10s`."""
    limit = verdict.objective.removeprefix(verdict.metric).strip()
    return f"{verdict.metric} {figure(verdict.metric, verdict.value or 0.0)}, asked {limit}"


def _relative_margin(verdict: Verdict) -> float:
    """The margin as a share of the value that was asked for, so that seconds and shares can be ordered."""
    value, margin = verdict.value, verdict.margin
    assert value is not None
    assert margin is not None
    limit = value + margin if abs(value) != float("inf") else 1.0
    return margin / (abs(limit) or 1.0)


_FORMATS: dict[str, Callable[[float], str]] = {
    "%": lambda value: f"{value:.1%}",
    "s": lambda value: f"{value:.1f} s",
    "x": lambda value: f"{value:.2f}",
    "$": lambda value: f"${value:.4f}",
    "count": lambda value: f"{value:.1f}",
}


def figure(name: str, value: float) -> str:
    """A metric's value as people read it; `never` where it is infinite."""
    return "never" if value == float("inf") else _FORMATS[metric(name).unit](value)


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _points(share: float) -> str:
    return f"{share * 100:.1f}"
