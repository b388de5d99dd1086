"""The tables of a report, each a function of a part of the results."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.agreement import Agreement
from brownout.harness.metrics import METRICS, metric
from brownout.harness.results import Layer, Pair, Row, RunFile, Standing, Subject, Verdict

from . import words
from .table import Table


def objectives(verdicts: Sequence[Verdict]) -> Table:
    """For several clients, what each made of every objective."""
    clients = list(dict.fromkeys(each.client for each in verdicts))
    found = {(each.scenario, each.objective, each.client): each for each in verdicts}
    return Table(
        "Objectives",
        "What each client made of them; MISSED stands where it was not enough, a question mark where the 95% interval "
        "says both, or there is none; never: not in every run.",
        ("objective", *clients),
        tuple(
            (f"{scenario}: {objective}", *(_achieved(found.get((scenario, objective, client))) for client in clients))
            for scenario, objective in dict.fromkeys((each.scenario, each.objective) for each in verdicts)
        ),
    )


def _achieved(each: Verdict | None) -> str:
    if each is None or each.value is None or each.is_met is None:
        return "–"
    return words.of(each.metric, each.value) + ("" if each.is_met else " MISSED") + ("" if each.is_sure else " ?")


def judgements(verdicts: Sequence[Verdict]) -> Table:
    """Each with its limit, the value and the margin; what was missed first."""
    ordered = sorted(verdicts, key=lambda each: (each.is_met is not False, each.is_met is None))
    return Table(
        "Every objective",
        "The value is over all seeds, with its 95% interval; the margin is how far it is on the right side. Sure: the "
        "whole interval says the same.",
        ("objective", "scenario", "client", "result", "value", "95% interval", "margin"),
        tuple(_objective(each) for each in ordered),
    )


def _objective(each: Verdict) -> tuple[str, ...]:
    if each.value is None or each.is_met is None:
        return each.objective, each.scenario, each.client, "no meaning", each.why, "–", "–"
    result = ("met" if each.is_met else "MISSED") + ("" if each.is_sure else ", not sure")
    bounds = "–" if each.low is None or each.high is None else (
        f"{words.of(each.metric, each.low)} to {words.of(each.metric, each.high)}"
    )  # fmt: skip
    return (
        each.objective, each.scenario, each.client, result, words.of(each.metric, each.value), bounds,
        _margin(each.metric, each.margin or 0.0),
    )  # fmt: skip


def _margin(name: str, margin: float) -> str:
    if abs(margin) == float("inf"):
        return "all" if margin > 0 else "none"
    unit = metric(name).unit
    return (
        f"{words.points(margin)} points" if unit == "%" else f"{'-' if margin < 0 else ''}{words.of(name, abs(margin))}"
    )


def standings(found: Sequence[Standing]) -> Table:
    """Who is best over all scenarios."""
    rows = tuple(
        (
            each.client,
            str(each.rank),
            words.percent(each.score.value),
            "" if i == 0 else f"{words.points(each.behind.value)} points",
            "" if i == 0 else words.point_bounds(each.behind),
            "–" if each.probability_of_best is None else words.chance(each.probability_of_best),
            words.percent(each.goodput.value),
            words.bounds("goodput", each.goodput),
            words.percent(each.wait.value),
        )
        for i, each in enumerate(found)
    )
    return Table(
        "Standings",
        "Ranked by the penalized wait: how long callers wait as a share of their deadline, and twice the deadline for "
        "a call that failed or came late; the mean over all calls, over the scenarios by their weights. "
        "Wait / deadline is the same with the deadline once. Intervals are 95% over seeds; differences are paired, as "
        "every client met the same world. Clients share a rank unless one is surely better, all pairs counted (Holm).",
        ("client", "rank", "penalized wait", "behind the first", "95% interval", "chance to be best", "goodput",
         "95% interval", "wait / deadline"),
        rows,
        frozenset(each.client for each in found if each.is_tied_with_best),
    )  # fmt: skip


def ranks(run: RunFile) -> Table:
    """The rank of each client in each scenario."""
    place = {(row.scenario, row.client): row for row in run.rows}
    return Table(
        "Rank in each scenario",
        "By the same measure within the scenario, with goodput. A scenario's weight in the standings is 1 unless its "
        "head says otherwise.",
        ("client", *(_weighted(name, run.weights[name]) for name in (s.name for s in run.scenarios))),
        tuple(
            (
                each.client,
                *(
                    f"{row.rank} ({words.percent(row.metrics['goodput'].value)})"
                    for row in (place[s.name, each.client] for s in run.scenarios)
                ),
            )
            for each in run.standings
        ),
        frozenset(each.client for each in run.standings if each.is_tied_with_best),
    )


def _weighted(name: str, weight: float) -> str:
    return name if weight == 1.0 else f"{name} (weight {weight:g})"


_COLUMNS = {
    "par2": "penalized wait",
    "rmst_share": "wait / deadline",
    "p50(latency)": "p50",
    "p95(latency)": "p95",
    "p99(latency)": "p99",
    "amplification": "requests per call",
    "time_to_recover": "recovers in",
}
"""The metrics that a scenario's table shows; the rest stands in the one with every metric."""


def scenario(subject: Subject, rows: Sequence[Row]) -> Table:
    """One scenario, one row a client."""
    shown = [(name, title) for name, title in _COLUMNS.items() if any(name in row.metrics for row in rows)]
    return Table(
        subject.name,
        subject.about,
        ("client", "rank", "goodput, 95% interval", *(title for _, title in shown)),
        tuple(_scenario_row(row, [name for name, _ in shown]) for row in rows),
        frozenset(row.client for row in rows if row.is_best),
    )


def _scenario_row(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    goodput = words.with_bounds("goodput", row.metrics["goodput"])
    return row.client, str(row.rank), goodput, *(_value(row, name) for name in names)


def _value(row: Row, name: str) -> str:
    return words.of(name, row.metrics[name].value) if name in row.metrics else "–"


def losses(scenario: str, rows: Sequence[Row]) -> Table:
    """What became of the calls that were not answered."""
    return Table(
        f"{scenario}: what calls were lost to",
        "How the calls ended that were not answered whole, and the limits of the client's own that ended requests.",
        ("client", "calls", "lost calls", "requests timed out"),
        tuple(
            (
                row.client,
                f"{sum(row.outcomes.values()):,}",
                words.counts({kind: count for kind, count in row.outcomes.items() if kind != "ok"}),
                words.counts(row.timeouts),
            )
            for row in rows
        ),
    )


def every_metric(scenario: str, rows: Sequence[Row]) -> Table:
    """Every metric with its interval, one column a client. What has no meaning for anybody is left out."""
    names = dict.fromkeys((*METRICS, *(name for row in rows for name in row.metrics)))
    return Table(
        f"{scenario}: every metric",
        "With the 95% interval over seeds. A dash stands where a metric has no meaning for a client.",
        ("metric", *(row.client for row in rows), "what it is"),
        tuple(
            (
                metric(name).title,
                *(words.with_bounds(name, row.metrics[name]) if name in row.metrics else "–" for row in rows),
                metric(name).about,
            )
            for name in names
            if any(name in row.metrics for row in rows)
        ),
        is_detail=True,
    )


def faults(scenario: str, rows: Sequence[Row]) -> Table:
    """Whether the scenario did what it says."""
    return Table(
        f"{scenario}: faults planned and fired",
        "How often each fault was meant for a request, and how often it took effect before the client had left.",
        ("fault", *(row.client for row in rows)),
        tuple(
            (name, *(f"{row.faults[name].planned:,} / {row.faults[name].fired:,}" for row in rows))
            for name in rows[0].faults
        ),
        is_detail=True,
    )


def layers(found: Sequence[Layer]) -> Table:
    """Whether each layer earns its place."""
    scenarios = list(dict.fromkeys(each.scenario for each in found))
    by_layer: dict[str, dict[str, Layer]] = {}
    for each in found:
        by_layer.setdefault(each.left_out, {})[each.scenario] = each
    return Table(
        f"What each layer of {found[0].client} is worth",
        "Points of goodput gained by having it, against the same client without it, paired by seed; a star where the "
        "95% interval excludes 0. Last, the requests per call it adds.",
        ("layer", *(name or "all scenarios" for name in scenarios), "requests per call"),
        tuple(
            (name, *(_gain(by[scenario]) for scenario in scenarios), f"{by[''].amplification.value:+.2f}")
            for name, by in by_layer.items()
        ),
        frozenset(name for name, by in by_layer.items() if (by[""].goodput.low or 0.0) > 0.0),
    )


def _gain(layer: Layer) -> str:
    found = layer.goodput
    is_sure = found.low is not None and found.high is not None and (found.low > 0.0 or found.high < 0.0)
    text = f"{found.value * 100:+.1f}"
    return ("0.0" if text in ("+0.0", "-0.0") else text) + ("*" if is_sure else "")


def pairs(found: Sequence[Pair]) -> Table:
    """Every two clients."""
    return Table(
        "Every two clients",
        "How much longer the penalized wait of the second is, in points, over all scenarios. p is exact (all sign "
        "flips of the seeds); Holm's counts all pairs. Seeds needed: to find a difference like this in 80% of "
        "cases.",
        ("better, worse", "points", "95% interval", "p", "p (Holm)", "tie", "seeds needed"),
        tuple(
            (
                f"{each.better}, {each.worse}",
                words.points(each.difference.value),
                words.point_bounds(each.difference),
                f"{each.p:.4f}",
                f"{each.p_holm:.4f}",
                "yes" if each.is_tied else "no",
                "–" if each.runs_needed is None else f"{each.runs_needed:,}",
            )
            for each in found
        ),
        is_detail=True,
    )


def agreement(found: Sequence[Agreement]) -> Table:
    """The simulator against the wire."""
    return Table(
        "The simulator and the real SDK",
        "The same files, seed and sample, once in the simulator and once with the official SDK over real sockets.",
        ("scenario, client", "goodput, sim", "goodput, wire", "p50, sim", "p50, wire", "requests, sim",
         "requests, wire"),
        tuple(
            (
                f"{each.scenario}, {each.client}",
                *map(words.percent, each.goodput),
                *(words.of("p50(latency)", value) for value in each.p50),
                *(f"{count:,}" for count in each.attempts),
            )
            for each in found
        ),
    )  # fmt: skip
