"""The answer in a sentence or two, to the letter."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from brownout.harness.objectives import parse
from brownout.harness.results import Verdict
from brownout.harness.scoring import of_comparison, of_objectives, standings

from .made import cell, figures, scored

FIRST = (
    "a holds best over storm (8 seeds): 80.0% of calls are answered in time, callers wait 20.0% of their deadline on "
    "average"
)
SAME = [0.2] * 8
WORSE = [0.30, 0.31, 0.29, 0.30, 0.32, 0.28, 0.30, 0.30]
WILD = [0.1, 0.5, 0.1, 0.4, 0.1, 0.3, 0.2, 0.1]

COMPARISONS: dict[str, tuple[dict[str, Sequence[float]], str]] = {
    "one client, one seed": (
        {"a": [0.1]},
        "a over storm (1 seed): 90.0% of calls are answered in time, callers wait 10.0% of their deadline on average.",
    ),
    "one client": (
        {"a": [0.1, 0.2, 0.3]},
        "a over storm (3 seeds): 80.0% of calls are answered in time, callers wait 20.0% of their deadline on average.",
    ),
    "one seed": (
        {"a": [0.8], "b": [0.9]},
        "1 seed cannot decide between 2 clients: at least 6 are needed. First so far over storm is a: 20.0% of "
        "calls are answered in time, callers wait 80.0% of their deadline on average; b is 10.0 points of penalized "
        "wait behind.",
    ),
    "few seeds": (
        {"a": SAME[:6], "b": WORSE[:6], "c": WORSE[1:7]},
        "6 seeds cannot decide between 3 clients: at least 7 are needed. First so far over storm is a: 80.0% of "
        "calls are answered in time, callers wait 20.0% of their deadline on average; b is 10.0 points of penalized "
        "wait behind.",
    ),
    "a clear winner": (
        {"b": WORSE, "a": SAME},
        f"{FIRST}. b is next, 10.0 points of penalized wait behind (95% interval 9.0 to 11.0).",
    ),
    "a tie": (
        {"a": SAME, "b": WILD},
        f"{FIRST}, but not surely better than b: the difference of 2.5 points may be chance; "
        "about 308 more seeds would tell.",
    ),
    "exactly equal": ({"a": SAME, "b": SAME}, f"{FIRST}. b does exactly as well."),
    "all equal": ({"a": SAME, "b": SAME, "c": SAME}, f"{FIRST}. b, c do exactly as well."),
    "one equal, one that may be": (
        {"a": SAME, "b": SAME, "c": WILD},
        f"{FIRST}, but not surely better than c: the difference of 2.5 points may be chance; about 414 more seeds "
        "would tell. b does exactly as well.",
    ),
    "sure of the second, not of the third": (
        {"a": SAME, "b": [score - 0.02 for score in WORSE], "c": [0.1, 0.9, 0.1, 0.9, 0.1, 0.9, 0.1, 0.9]},
        f"{FIRST}, but not surely better than c: the difference of 30.0 points may be chance; "
        "about 17 more seeds would tell.",
    ),
    "always the same difference": (
        {"a": [0.25, 0.5, 0.75, 0.5, 0.5, 0.5], "b": [0.5, 0.75, 1.0, 0.75, 0.75, 0.75]},
        "a holds best over storm (6 seeds): 50.0% of calls are answered in time, callers wait "
        "50.0% of their deadline on average. b is next, 25.0 points of penalized wait behind (95% interval 25.0 to "
        "25.0).",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("scores", "sentence"), COMPARISONS.values(), ids=COMPARISONS)
def test_of_a_comparison(scores: dict[str, Sequence[float]], sentence: str) -> None:
    """Who, by how much, how sure, and what it would take to be."""
    made = scored(**scores)
    assert of_comparison(standings(made), made.scenarios, made.runs) == sentence


def test_over_several_scenarios() -> None:
    """They are counted, and averaged within a seed."""
    made = figures([cell("a", 1, 0.0, "calm"), cell("a", 1, 0.5, "storm")])
    assert of_comparison(standings(made), made.scenarios, 1) == (
        "a over 2 scenarios (1 seed): 75.0% of calls are answered in time, callers wait 25.0% of their deadline on "
        "average."
    )


def judged(line: str, value: float | None, client: str = "a") -> Verdict:
    asked = parse(line)
    return Verdict(
        scenario="storm",
        client=client,
        objective=line,
        metric=asked.metric,
        value=value,
        is_met=None if value is None else asked.holds(value),
        margin=None if value is None else asked.margin(value),
    )


INFINITE = float("inf")
OBJECTIVES: dict[str, tuple[list[Verdict], int, str]] = {
    "none": ([], 3, "NOTHING DECIDED: no scenario has an objective that could be judged."),
    "none that means something": (
        [judged("p95(ttft) <= 1s", None)], 3, "NOTHING DECIDED: no scenario has an objective that could be judged."
    ),
    "one met": (
        [judged("goodput >= 99%", 0.995)], 1,
        "PASS the objective is met: goodput 99.5%, asked >= 99% (storm, a) (1 seed).",
    ),
    "all met, the tightest by its share of the limit": (
        [judged("goodput >= 90%", 0.99), judged("p95(latency) <= 60s", 57.0), judged("amplification <= 2", 1.0)], 10,
        "PASS all 3 objectives met; tightest: p95(latency) 57.0 s, asked <= 60s (storm, a) (10 seeds).",
    ),
    "some without a meaning": (
        [judged("goodput >= 90%", 0.99), judged("p95(ttft) <= 1s", None), judged("amplification <= 2", 1.0)], 3,
        "PASS all 2 objectives met; tightest: goodput 99.0%, asked >= 90% (storm, a); 1 has no meaning here (3 seeds).",
    ),
    "one missed": (
        [judged("goodput >= 90%", 0.99), judged("p95(latency) <= 10s", 12.9)], 10,
        "FAIL p95(latency) 12.9 s, asked <= 10s (storm, a) (10 seeds).",
    ),
    "the worst by its share of the limit, whichever way it points": (
        [judged("goodput >= 90%", 0.5), judged("goodput >= 90%", 0.45, "b"), judged("amplification <= 2", 2.9)], 2,
        "FAIL goodput 45.0%, asked >= 90% (storm, b); 3 of 3 objectives missed (2 seeds).",
    ),
    "never": (
        [judged("p95(latency) <= 10s", 12.9), judged("p99(latency) <= 60s", INFINITE)], 10,
        "FAIL p99(latency) never, asked <= 60s (storm, a); 2 of 2 objectives missed (10 seeds).",
    ),
    "a limit of nothing": (
        [judged("duplicates <= 0", 0.25)], 10, "FAIL duplicates 0.25, asked <= 0 (storm, a) (10 seeds).",
    ),
    "missed by a hair": (
        [judged("goodput >= 99%", 0.98996)], 10, "FAIL goodput 98.9960%, asked >= 99% (storm, a) (10 seeds).",
    ),
    "dollars": (
        [judged("cost_per_good_call <= $0.05", 0.0625)], 10,
        "FAIL cost_per_good_call $0.0625, asked <= $0.05 (storm, a) (10 seeds).",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("verdicts", "runs", "sentence"), OBJECTIVES.values(), ids=OBJECTIVES)
def test_of_objectives(verdicts: list[Verdict], runs: int, sentence: str) -> None:
    """PASS or FAIL, then the one that decided it."""
    assert of_objectives(verdicts, runs) == sentence
