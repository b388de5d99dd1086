"""Changes against a baseline: the first words of every report, and its first table."""

from __future__ import annotations

from typing import Any

import pytest

from brownout.harness.results import Baseline, Change
from brownout.reports.document import document

from .runs import NEVER, estimate, run

BASELINE = Baseline(path="base.json", created="2026-01-01T00:00:00+00:00", seeds=[1, 2, 3], is_paired=True)


def change(outcome: str, value: float, **more: Any) -> Change:
    fields: dict[str, Any] = {
        "scenario": "storm", "client": "steady", "rule": "p95 worse 10%", "metric": "p95(latency)",
        "baseline": estimate(20.0), "now": estimate(20.0 * (1.0 + value)), "change": value, "unit": "%",
        "low": value - 0.09, "high": value + 0.09, "p_holm": 0.01, "smallest": 0.2, "runs_needed": None,
        "outcome": outcome, "why": "surely worse; 10% are allowed",
        "reason": {"worse": "sure", "unsure": "chance", "held": "allowed"}[outcome],
    }  # fmt: skip
    return Change(**(fields | more))


WORSE = change("worse", 0.31)
UNSURE = change("unsure", 0.15, why="not enough data: about 12 more runs, of the baseline too")
LOST = change("worse", NEVER, now=estimate(NEVER), low=None, high=None)
HELD = change(
    "held", -0.021, rule="goodput worse 2 points", metric="goodput", unit="points", baseline=estimate(0.8),
    now=estimate(0.821), low=-0.03, high=-0.01, why="1.5 points would have been found",
)  # fmt: skip


@pytest.mark.parametrize("kind", ["comparison", "objectives"])
def test_the_first_words_and_the_first_table(kind: str) -> None:
    """Whatever else there is to say."""
    found = document(run(kind=kind, baseline=BASELINE, changes=[WORSE, UNSURE, HELD]))
    assert found.verdict.startswith(
        "GATE MISSED: p95(latency) of steady in storm is 31% worse than the baseline (95% interval 22% to 40%), 10% "
        "are allowed. NOT ENOUGH DATA for 1 of 3: p95(latency) of steady in storm is 15% worse than the baseline (95% "
        "interval 6.0% to 24%), 10% are allowed: about 12 more runs, of the baseline too. GATE MISSED for hasty: "
    )
    assert found.sections[0].name == "overview"
    table = found.sections[0].tables[0]
    assert table.title == "Against the baseline"
    assert table.about.startswith(
        "The baseline is base.json, made 2026-01-01T00:00:00+00:00 with 3 seeds, the same as here, compared one by one."
    )
    assert table.rows == (
        ("storm", "steady", "p95 worse 10%", "20.0 s", "26.2 s", "31%", "22% to 40%", "WORSE",
         "surely worse; 10% are allowed"),
        ("storm", "steady", "p95 worse 10%", "20.0 s", "23.0 s", "15%", "6.0% to 24%", "not enough data",
         "about 12 more runs, of the baseline too"),
        ("storm", "steady", "goodput worse 2 points", "80.0%", "82.1%", "-2.1 points", "-3.0 to -1.0 points", "held",
         "1.5 points would have been found"),
    )  # fmt: skip


def test_seeds_that_are_the_same_in_part() -> None:
    some = BASELINE.model_copy(update={"shared": 2})
    about = document(run(baseline=some, changes=[HELD])).tables[0].about
    assert about.startswith(
        "The baseline is base.json, made 2026-01-01T00:00:00+00:00 with 3 seeds, 2 of them the same as here, compared "
        "one by one."
    )


def test_what_never_comes() -> None:
    """Has no share by which it is later."""
    found = document(run(baseline=BASELINE, changes=[LOST]))
    assert found.verdict.startswith("GATE MISSED: p95(latency) of steady in storm went from 20.0 s to never, 10% are")
    assert found.tables[0].rows[0][3:7] == ("20.0 s", "never", "without bounds", "–")


def test_without_objectives_the_gate_is_all_there_is() -> None:
    found = document(run(kind="objectives", objectives=[], gate=None, baseline=BASELINE, changes=[HELD]))
    assert found.verdict == (
        "GATE held: the only comparison made with the baseline is not surely worse by more than its rule allows; "
        "goodput of steady in storm worse by 20.0 points would have been found."
    )


def test_without_a_baseline_nothing_is_said_of_one() -> None:
    found = document(run())
    assert "baseline" not in found.verdict
    assert all(table.title != "Against the baseline" for table in found.tables)
