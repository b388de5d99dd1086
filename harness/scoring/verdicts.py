"""The answer in a sentence or two: who, by how much, how sure; or which objective was missed, by how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..metrics import metric
from ..objectives import parse
from ..results import Standing, Verdict
from .standings import seeds_to_tell


def of_comparison(standings: Sequence[Standing], scenarios: Sequence[str], runs: int) -> str:
    """For clients compared, the best first."""
    best, *others = standings
    where = f"{len(scenarios)} scenarios" if len(scenarios) > 1 else scenarios[0]
    fares = (
        f"{_percent(best.goodput.value)} of calls are answered in time, callers wait {_percent(best.wait.value)} of "
        "their deadline on average"
    )
    figures = f"over {where} ({_seeds(runs)}): {fares}"
    if not others:
        return f"{best.client} {figures}."
    if runs < (least := seeds_to_tell(len(standings))):
        return (
            f"{_seeds(runs)} cannot decide between {len(standings)} clients: at least {least} are needed. First so far "
            f"over {where} is {best.client}: {fares}; {others[0].client} is {_points(others[0].behind.value)} points "
            "of penalized wait behind."
        )
    holds = f"{best.client} holds best {figures}"
    tied = [other for other in others if other.is_tied_with_best]
    if not tied:
        nearest = others[0]
        return (
            f"{holds}. {nearest.client} is next, {_points(nearest.behind.value)} points of penalized wait behind "
            f"(95% interval {_points(nearest.behind.low or 0.0)} to {_points(nearest.behind.high or 0.0)})."
        )
    behind = [other for other in tied if other.behind.value]
    equal = [other.client for other in tied if not other.behind.value]
    if behind:
        names = ", ".join(other.client for other in behind)
        holds += f", but not surely better than {names}: {_doubt(behind[0], runs)}"
    return f"{holds}." + (f" {', '.join(equal)} {'do' if len(equal) > 1 else 'does'} exactly as well." if equal else "")


def _seeds(runs: int) -> str:
    return f"{runs:,} seeds" if runs > 1 else "1 seed"


def _doubt(nearest: Standing, runs: int) -> str:
    """Why the next best is not told apart from the best."""
    gap = f"the difference of {_points(nearest.behind.value)} points may be chance"
    if nearest.runs_needed is not None and nearest.runs_needed > runs:
        return f"{gap}; about {nearest.runs_needed - runs:,} more seeds would tell"
    return gap


def few_seeds(clients: int, runs: int) -> list[str]:
    """A note, where there are too few seeds for any verdict at all."""
    least = seeds_to_tell(clients)
    if clients < 2 or runs >= least:
        return []
    return [f"{_seeds(runs)} cannot tell {clients} clients apart, whatever they show: {least} can."]


def of_objectives(verdicts: Sequence[Verdict], runs: int) -> str:
    """For objectives judged: PASS or FAIL and the reason, in the first line."""
    decided = [each for each in verdicts if each.is_met is not None]
    if not decided:
        return "NOTHING DECIDED: no scenario has an objective that could be judged."
    missed = [each for each in decided if not each.is_met]
    if missed:
        worst = hardest(missed)
        others = "" if len(missed) == 1 else f"; {len(missed)} of {len(decided)} objectives missed"
        return f"FAIL {said(worst)} ({worst.scenario}, {worst.client}){others} ({_seeds(runs)})."
    tight = hardest(decided)
    met = "the objective is met" if len(decided) == 1 else f"all {len(decided)} objectives met; tightest"
    without = len(verdicts) - len(decided)
    rest = f"; {without} {'has' if without == 1 else 'have'} no meaning here" if without else ""
    return f"PASS {met}: {said(tight)} ({tight.scenario}, {tight.client}){rest} ({_seeds(runs)})."


def hardest(verdicts: Sequence[Verdict]) -> Verdict:
    """Of those decided, the one whose margin is the least share of its limit: so seconds and shares can be ordered."""
    return min(verdicts, key=_relative_margin)


def _relative_margin(verdict: Verdict) -> float:
    assert verdict.margin is not None
    return verdict.margin / (abs(parse(verdict.objective).limit) or 1.0)


def said(verdict: Verdict) -> str:
    """`p95(latency) 12.9 s, asked <= 10s`. What is missed by a hair is told with as many digits as show it."""
    asked, value = parse(verdict.objective), verdict.value
    assert value is not None
    text = figure(verdict.metric, value)
    if verdict.is_met is False and text == figure(verdict.metric, asked.limit):
        text = figure(verdict.metric, value, 4)
    return f"{verdict.metric} {text}, asked {verdict.objective.removeprefix(verdict.metric).strip()}"


_FORMATS: dict[str, Callable[[float, int], str]] = {
    "%": lambda value, digits: f"{value:.{digits or 1}%}",
    "s": lambda value, digits: f"{value:,.{digits or 1}f} s",
    "x": lambda value, digits: f"{value:,.{digits or 2}f}",
    "$": lambda value, digits: f"${value:,.{digits + 2 if digits else 4}f}",
    "count": lambda value, digits: f"{value:,.{digits or 1}f}",
}


def figure(name: str, value: float, digits: int = 0) -> str:
    """A metric's value as people read it, with so many decimals (0: the usual); `never` where it is infinite."""
    return "never" if value == float("inf") else _FORMATS[metric(name).unit](value, digits)


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _points(share: float) -> str:
    return f"{share * 100:.1f}"
