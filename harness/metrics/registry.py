"""Every metric: its name in files and results, its words, and the function that measures it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from . import attempts, breakers, busiest, calls, cost, quantiles, recovery
from .observed import Absent
from .tally import Whole

Unit = Literal["%", "s", "x", "$", "count"]
Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Metric:
    """How a metric is called, measured and read. `of` maps a run to a figure in base units: a share of one, seconds."""

    title: str
    unit: Unit
    better: Better
    about: str
    of: Callable[[Whole], float | Absent]
    needs_twin: bool = False
    """Whether it compares a run with the same one without faults, which doubles what it costs."""


_SAMPLE_WORDS = {
    "latency": ("latency", "of all calls were answered whole within this; a failed call counts as never"),
    "latency_ok": ("latency of successes", "of the calls that were answered whole took no longer; failures left out"),
    "ttft": ("first text", "of all streamed calls had shown their first text within this"),
    "duration": ("time until it ended", "of all calls had ended within this, answered or not"),
    "gap": ("largest gap", "of the streams that showed text never fell silent for longer"),
}
FAMILIES: dict[str, Unit] = dict.fromkeys(_SAMPLE_WORDS, "s")
"""What `pNN(...)` may be taken of, and its unit."""


def _quantile(name: str) -> Metric | None:
    found = quantiles.parts(name)
    if found is None:
        return None
    q, of = found
    title, about = _SAMPLE_WORDS[of]
    percent = name[1 : name.index("(")]
    return Metric(f"p{percent} {title}", "s", "lower", f"{percent}% {about}", partial(quantiles.measure, q=q, of=of))


def _quantiles(*names: str) -> dict[str, Metric]:
    return {name: found for name in names if (found := _quantile(name)) is not None}


METRICS: dict[str, Metric] = {
    "goodput": Metric(
        "goodput", "%", "higher", "calls answered whole by their deadline, of all that were meant to be made",
        calls.goodput,
    ),
    "goodput_with_partial": Metric(
        "with partial text", "%", "higher",
        "the same, and a streamed call that was not whole in time counts as the share of its answer that was shown "
        "by its deadline",
        calls.goodput_with_partial,
    ),
    "chains": Metric(
        "whole chains", "%", "higher", "chains of which every step was answered, the last by the deadline of all",
        calls.chains,
    ),
    "goodput_rate": Metric("goodput a second", "count", "higher", "good calls per second", calls.goodput_rate),
    "rmst": Metric(
        "mean wait", "s", "lower",
        "restricted mean: the mean of the latency or, where that is shorter or the call failed, the deadline",
        calls.restricted_mean,
    ),
    "rmst_share": Metric(
        "wait / deadline", "%", "lower", "the same, each call's as a share of its deadline",
        calls.restricted_share,
    ),
    "par2": Metric(
        "penalized wait", "%", "lower",
        "what clients are ranked by: the wait as a share of the deadline, and twice the deadline for a call that was "
        "of no use",
        calls.penalized,
    ),
    **_quantiles(
        "p50(latency)", "p95(latency)", "p99(latency)", "p50(latency_ok)", "p95(latency_ok)", "p99(latency_ok)",
        "p50(ttft)", "p95(ttft)", "p95(gap)", "p99(gap)",
    ),
    "partial": Metric(
        "partial text", "%", "higher",
        "of the streamed calls not answered in time, the share of the answer that was shown by the deadline",
        calls.partial,
    ),
    "timeout_rate": Metric("calls timed out", "%", "lower", "calls that ended in a limit of the client's own",
                           calls.timeout_rate),
    "attempt_timeout_rate": Metric("requests timed out", "%", "lower",
                                   "HTTP requests that ended in a limit of the client's own",
                                   attempts.attempt_timeout_rate),
    "false_timeout_rate": Metric("timed out for nothing", "%", "lower",
                                 "HTTP requests that a limit of the client's own cut off, of those that no fault met",
                                 attempts.false_timeout_rate),
    "amplification": Metric("requests per call", "x", "lower", "HTTP requests sent for each call",
                            attempts.amplification),
    "attempts_per_success": Metric("requests per answer", "x", "lower", "HTTP requests sent for each whole answer",
                                   attempts.attempts_per_success),
    "busiest_second": Metric("busiest second", "x", "lower",
                             "the most HTTP requests begun within one second, over the calls of an average one",
                             busiest.busiest_second),
    "retry_success": Metric("retries that paid", "%", "higher", "retried calls that were answered whole in the end",
                            attempts.retry_success),
    "wasted_tokens": Metric("tokens wasted", "%", "lower", "tokens billed for answers nobody got, of all billed",
                            cost.wasted_tokens),
    "waste_per_call": Metric("waste per call", "$", "lower", "dollars billed for answers nobody got, for each call",
                             cost.waste_per_call),
    "cost_per_good_call": Metric("cost per good call", "$", "lower", "all dollars billed, for each good call",
                                 cost.cost_per_good_call),
    "duplicates": Metric("answers made twice", "x", "lower",
                         "answers the service made to their end beyond the first, for each call", cost.duplicates),
    "late_attempts": Metric("late requests", "x", "lower", "requests begun after the caller had left, for each call",
                            attempts.late_attempts),
    "late_tokens": Metric("late tokens", "count", "lower",
                          "tokens that streamed in after the caller had left, for each call", attempts.late_tokens),
    "time_to_recover": Metric("time to recover", "s", "lower",
                              "from the end of the last fault until goodput is back at 90% of the same run's without "
                              "faults, over 10 s, and stays so for 30 s more (the scenario's recovery sets both)",
                              recovery.time_to_recover, needs_twin=True),
    "metastable": Metric("metastable", "%", "lower",
                         "runs that never recovered although the load is below capacity", recovery.metastable,
                         needs_twin=True),
    "breaker_opened": Metric("breaker opened", "count", "lower", "how often, for each client", breakers.opened),
    "breaker_open_time": Metric("breaker open", "s", "lower", "for each client", breakers.open_time),
    "breaker_false_open_time": Metric("open for nothing", "s", "lower",
                                      "open time in which a request would have met no fault, for each client",
                                      breakers.false_open_time),
    "falsely_refused": Metric("refused for nothing", "%", "lower",
                              "calls a breaker refused that no fault would have met; quotas and full queues are not "
                              "asked", breakers.falsely_refused),
    "fairness": Metric("fairness", "x", "higher", "Jain's index of the clients' goodput: 1 when all fare alike",
                       calls.fairness),
    "worst_client": Metric("worst client", "%", "higher", "goodput of the client that fared worst", calls.worst_client),
}  # fmt: skip
"""What every run is measured by, in the order of reports. Objectives may name any `pNN(...)` besides."""


def metric(name: str) -> Metric:
    """A metric by its name, of the table or of a family of quantiles. Raises `KeyError`."""
    found = METRICS.get(name) or _quantile(name)
    if found is None:
        raise KeyError(name)
    return found


def measure(run: Whole, more: Iterable[str] = ()) -> dict[str, float | Absent]:
    """Every metric of one run, and those named besides. `inf` for what never happens; empty without a call."""
    if not run.total(attempts.requests).of:
        return {}
    return {name: metric(name).of(run) for name in dict.fromkeys((*METRICS, *more))}
