"""Rows: what was counted is summed, what was measured is estimated; and whether the scenario did what it says."""

from __future__ import annotations

import pytest

from brownout.harness.part import Estimate
from brownout.harness.results import Cell, FaultCount
from brownout.harness.scoring import Figures, Unplayable, check_played, rows
from brownout.harness.scoring.estimates import estimate
from brownout.harness.scoring.played import check_called

from .made import STALL, cell, figures, played

INFINITE = float("inf")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2.0], Estimate(value=2.0)),
        ([1.0, 3.0], Estimate(value=2.0)),
        ([3.0, INFINITE], Estimate(value=INFINITE)),
        ([INFINITE, 3.0, 1.0], Estimate(value=INFINITE)),
        ([INFINITE, INFINITE, 1.0], Estimate(value=INFINITE)),
        ([INFINITE, 3.0, 1.0, 2.0], Estimate(value=INFINITE)),
        ([INFINITE], Estimate(value=INFINITE)),
        ([2.0, 2.0, 2.0], Estimate(value=2.0, low=2.0, high=2.0)),
    ],
)
def test_an_estimate(values: list[float], expected: Estimate) -> None:
    """The mean; what never happened in one run is never for all, or a run that hangs would better the figure."""
    assert estimate(values) == expected


def test_an_estimate_of_three_runs_has_bounds() -> None:
    """Student's; but no metric is negative."""
    found = estimate([11.0, 12.0, 13.0])
    assert found.low == pytest.approx(12 - 4.302653 / 3**0.5)
    assert found.high == pytest.approx(12 + 4.302653 / 3**0.5)
    assert estimate([1.0, 2.0, 3.0]).low == 0.0


def test_counts_are_summed_and_measures_averaged() -> None:
    """Over seeds, for one client in one scenario, whatever the order of the cells."""
    cells = [cell("a", 2, 0.4), cell("b", 1, 0.9), cell("b", 2, 0.9), cell("a", 1, 0.2)]
    row, _ = rows(figures(cells))
    assert (row.scenario, row.client, row.rank) == ("storm", "a", 1)
    assert row.metrics["goodput"].value == pytest.approx(0.7)
    assert row.metrics["par2"].value == pytest.approx(0.3)
    assert row.outcomes == {"ok": 16, "deadline": 4}
    assert row.timeouts == {"total": 4}
    assert row.faults == {STALL: FaultCount(planned=10, fired=2)}
    assert row.transitions == {"closed to open": 2}
    assert list(row.outcomes) == ["ok", "deadline"]


def test_a_quantile_is_of_all_calls_together() -> None:
    """Not the mean of the runs' quantiles; failures are infinite, and left out where only successes count."""
    times = ([1.0, 2.0, 3.0], [4.0, INFINITE], [10.0])
    cells = [cell("a", i, metrics={"p60(latency)": 2.0}) for i in range(3)]
    made = Figures(map(played, cells, times), ["storm"], ["a"])
    [row] = rows(made, {"storm": ["p60(latency)"]})
    assert row.metrics["p50(latency)"].value == 3.0
    assert row.metrics["p60(latency)"].value == 4.0
    assert row.metrics["p95(latency)"].value == INFINITE
    assert row.metrics["p95(latency)"].low is not None
    assert row.metrics["p95(latency_ok)"].value == 10.0
    assert "p60(latency)" not in rows(made)[0].metrics


def test_what_has_no_meaning_says_why() -> None:
    """For a client none of whose runs have it; a run without it leaves it to the others."""
    why = {"time_to_recover": "no fault ends"}
    cells = [cell("a", 1, absent=why), cell("a", 2, absent=why), cell("b", 1, absent=why), cell("b", 2)]
    first, second = rows(figures(cells))
    assert first.absent == why
    assert "time_to_recover" not in first.metrics
    assert second.absent == {}
    assert second.metrics["time_to_recover"] == Estimate(value=2.0)


def test_rows_come_by_scenario_then_client() -> None:
    """In the order in which they were given; ranks are each scenario's own."""
    cells = [cell(c, i, 0.1 * n + 0.01 * i, s) for n, c in enumerate("ba") for s in ("storm", "calm") for i in range(6)]
    cells += [cell("c", i, 0.9, "storm") for i in range(6)] + [cell("c", i, 0.01 * i, "calm") for i in range(6)]
    found = [(row.scenario, row.client, row.rank, row.is_best) for row in rows(figures(cells))]
    assert [(scenario, client) for scenario, client, _, _ in found] == [
        (scenario, client) for scenario in ("storm", "calm") for client in "bac"
    ]
    assert all(is_best == (rank == 1) for _, _, rank, is_best in found)


def silent(client: str, scenario: str = "storm", seed: int = 1) -> Cell:
    return cell(client, seed, scenario=scenario, faults={STALL: FaultCount(planned=5, fired=0)})


def test_a_fault_that_fired_for_some_is_a_note() -> None:
    """A client may never meet it, because its breaker was open throughout; the reader is told."""
    found = rows(figures([silent("a"), cell("b", 1), silent("c")]))
    assert check_played(found) == ["storm: the fault of phase 1: stall never fired for a, c"]


def test_a_fault_that_fired_under_one_seed_has_fired() -> None:
    """Other seeds need not."""
    assert check_played(rows(figures([silent("a"), cell("a", 2)]))) == []


def test_faults_that_fired_nowhere_are_errors() -> None:
    """A scenario that tests nothing must not pass; all such faults are named at once, each with its scenario."""
    cells = [silent(c, s) if s != "storm" else cell(c, 1) for s in ("calm", "storm", "flood") for c in "ab"]
    with pytest.raises(Unplayable) as caught:
        check_played(rows(figures(cells)))
    assert str(caught.value) == (
        "calm: the fault of phase 1: stall fired for no client and no seed: it tests nothing\n"
        "flood: the fault of phase 1: stall fired for no client and no seed: it tests nothing"
    )


def test_a_run_without_a_call_is_no_run() -> None:
    """Named with its seed."""
    check_called("storm", 3, 1)
    with pytest.raises(Unplayable, match=r"^storm: seed 3 made no call; it needs more time or a higher rate$"):
        check_called("storm", 3, 0)
