"""From cells to a verdict, on cells written by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from brownout.harness import scoring
from brownout.harness.metrics import METRICS
from brownout.harness.results import Cell, Estimate, FaultCount
from brownout.harness.scoring import Unplayable, check_played, estimate, rows, standings, verdict


def cell(
    client: str,
    seed: int,
    goodput: float,
    scenario: str = "storm",
    p95: float | None = 4.0,
    fired: int = 1,
    fault: str = "phase 1: stall",
) -> Cell:
    return Cell(
        scenario=scenario,
        client=client,
        seed=seed,
        calls=10,
        attempts=12,
        metrics={**dict.fromkeys(METRICS, 2.0), "goodput": goodput, "p95": p95},
        outcomes={"ok": 8, "timeout": 2},
        timeouts={"read": 2},
        faults={fault: FaultCount(planned=5, fired=fired)},
        breaker_opened=1,
        lateness=0.0,
    )


def runs(**clients: Sequence[float]) -> list[Cell]:
    """One scenario; each client's goodput by seed."""
    return [cell(client, seed, value) for client, values in clients.items() for seed, value in enumerate(values)]


def judged(**clients: Sequence[float]) -> str:
    """The verdict on them."""
    seeds = range(max(map(len, clients.values())))
    return verdict(standings(runs(**clients), list(clients), seeds), ["storm"], seeds)


VERDICTS = {
    "one client, one seed": (
        {"a": [0.9]},
        "a answers 90.0% of calls in time over storm (1 seed).",
    ),
    "one client": (
        {"a": [0.9, 0.8, 1.0]},
        "a answers 90.0% of calls in time over storm (3 seeds).",
    ),
    "one seed": (
        {"a": [0.8], "b": [0.9]},
        "b answers 90.0% of calls in time over storm (1 seed), 10.0 points more than a; "
        "not enough data: at least 3 seeds needed.",
    ),
    "two seeds": (
        {"a": [0.9, 0.9], "b": [0.5, 0.5]},
        "a answers 90.0% of calls in time over storm (2 seeds), 40.0 points more than b; "
        "not enough data: at least 3 seeds needed.",
    ),
    "a clear winner": (
        {"a": [0.90, 0.80, 0.85], "b": [0.80, 0.71, 0.74]},
        "a answers 85.0% of calls in time over storm (3 seeds), 10.0 points more than b (95% interval 7.5 to 12.5).",
    ),
    "a tie": (
        {"a": [0.9, 0.8, 0.7], "b": [0.8, 0.9, 0.6]},
        "a answers 80.0% of calls in time over storm (3 seeds), but not surely more than b: "
        "the difference of 3.3 points may be chance.",
    ),
    "a tie of three": (
        {"a": [0.9, 0.8, 0.7], "b": [0.8, 0.9, 0.6], "c": [0.7, 0.7, 0.9]},
        "a answers 80.0% of calls in time over storm (3 seeds), but not surely more than b, c: "
        "the difference of 3.3 points may be chance.",
    ),
    "exactly equal": (
        {"a": [0.9, 0.8, 0.7], "b": [0.9, 0.8, 0.7]},
        "a answers 80.0% of calls in time over storm (3 seeds), and so does b.",
    ),
    "all equal": (
        {"a": [1.0] * 3, "b": [1.0] * 3, "c": [1.0] * 3},
        "a answers 100.0% of calls in time over storm (3 seeds), and so do b, c.",
    ),
    "sure of the second, not of the third": (
        {"a": [0.90, 0.90, 0.90], "b": [0.80, 0.80, 0.80], "c": [0.95, 0.40, 0.95]},
        "a answers 90.0% of calls in time over storm (3 seeds), but not surely more than c: "
        "the difference of 13.3 points may be chance.",
    ),
    "always the same difference": (
        {"a": [0.75, 0.5, 0.25], "b": [0.5, 0.25, 0.0]},
        "a answers 50.0% of calls in time over storm (3 seeds), 25.0 points more than b (95% interval 25.0 to 25.0).",
    ),
}


@pytest.mark.parametrize(("clients", "sentence"), VERDICTS.values(), ids=VERDICTS)
def test_verdict(clients: dict[str, Sequence[float]], sentence: str) -> None:
    """Who, by how much, how sure; in one sentence."""
    assert judged(**clients) == sentence


def test_a_verdict_over_several_scenarios() -> None:
    """Goodput is averaged over scenarios within a seed, each scenario counting alike."""
    cells = [cell("a", 1, 1.0, "calm"), cell("a", 1, 0.5, "storm")]
    found = standings(cells, ["a"], [1])
    assert found[0].goodput.value == 0.75
    assert verdict(found, ["calm", "storm"], [1]) == "a answers 75.0% of calls in time over 2 scenarios (1 seed)."


def test_standings_are_paired_by_seed() -> None:
    """A small difference that holds under every seed is sure, however much the seeds differ from each other."""
    found = standings(runs(a=[0.10, 0.50, 0.90], b=[0.12, 0.52, 0.92]), ["a", "b"], range(3))
    assert [standing.client for standing in found] == ["b", "a"]
    assert found[1].behind.value == pytest.approx(0.02)
    assert not found[1].is_tied_with_best
    assert found[0].is_tied_with_best
    low, high = found[0].goodput.low, found[0].goodput.high
    assert low is not None
    assert high is not None
    assert low < 0.1 < 0.92 < high  # unpaired, the two could not be told apart


def test_equal_clients_stand_in_the_order_given() -> None:
    """No client wins by its name."""
    cells = runs(z=[0.5, 0.5, 0.5], a=[0.5, 0.5, 0.5])
    assert [standing.client for standing in standings(cells, ["z", "a"], range(3))] == ["z", "a"]


def test_everybody_ties_where_nobody_can_tell() -> None:
    """With one seed each client is stressed as a possible best."""
    assert all(s.is_tied_with_best for s in standings(runs(a=[0.9], b=[0.1]), ["a", "b"], [0]))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2.0], Estimate(value=2.0)),
        ([1.0, 3.0], Estimate(value=2.0)),
        ([3.0, None], Estimate(value=3.0)),
        ([None, 3.0, 1.0], Estimate(value=3.0)),
        ([None, None, 1.0], Estimate(value=None)),
        ([None, 3.0, 1.0, 2.0], Estimate(value=2.0)),
        ([None], Estimate(value=None)),
    ],
)
def test_an_estimate_with_infinite_runs(values: list[float | None], expected: Estimate) -> None:
    """Where a run has no quantile the middle run stands for all, without an interval; nothing is averaged with it."""
    assert estimate(values) == expected


def test_an_estimate_of_finite_runs_has_bounds() -> None:
    """Three runs are enough."""
    found = estimate([1.0, 2.0, 3.0])
    assert found.value == 2.0
    assert found.low == pytest.approx(2 - 4.302653 / 3**0.5)
    assert found.high == pytest.approx(2 + 4.302653 / 3**0.5)


def test_a_row_sums_what_is_counted_and_averages_what_is_measured() -> None:
    """Over seeds, for one client in one scenario, whatever the order of the cells."""
    cells = [cell("a", 1, 0.8), cell("b", 1, 0.1), cell("a", 2, 0.6, p95=None), cell("a", 3, 0.7)]
    [row] = rows(cells, ["storm"], ["a"])
    assert (row.scenario, row.client) == ("storm", "a")
    assert row.metrics["goodput"].value == pytest.approx(0.7)
    assert row.metrics["p95"] == Estimate(value=4.0)
    assert row.outcomes == {"ok": 24, "timeout": 6}
    assert row.timeouts == {"read": 6}
    assert row.faults == {"phase 1: stall": FaultCount(planned=15, fired=3)}
    assert row.breaker_opened == 3


def test_rows_come_by_scenario_then_client() -> None:
    """In the order in which they were given."""
    cells = [cell(c, 1, 0.5, s) for c in "ab" for s in ("storm", "calm")]
    found = rows(cells, ["storm", "calm"], ["b", "a"])
    assert [(row.scenario, row.client) for row in found] == [
        ("storm", "b"), ("storm", "a"), ("calm", "b"), ("calm", "a")
    ]  # fmt: skip


def test_a_fault_that_fired_for_some_is_a_note() -> None:
    """A client may never meet it, because its breaker was open throughout; the reader is told."""
    cells = [cell("a", 1, 0.5, fired=0), cell("b", 1, 0.5), cell("c", 1, 0.5, fired=0)]
    found = rows(cells, ["storm"], ["a", "b", "c"])
    assert check_played(found) == ["storm: the fault of phase 1: stall never fired for a, c"]


def test_a_fault_that_fired_under_one_seed_has_fired() -> None:
    """Other seeds need not."""
    assert check_played(rows([cell("a", 1, 0.5, fired=0), cell("a", 2, 0.5)], ["storm"], ["a"])) == []


def test_faults_that_fired_nowhere_are_errors() -> None:
    """A scenario that tests nothing must not pass; all such faults are named at once, each with its scenario."""
    names = ("calm", "storm", "flood")
    cells = [cell(c, 1, 1.0, s, fired=int(s == "storm")) for s in names for c in "ab"]
    with pytest.raises(Unplayable) as caught:
        check_played(rows(cells, names, ["a", "b"]))
    assert str(caught.value) == (
        "calm: the fault of phase 1: stall fired for no client and no seed: it tests nothing\n"
        "flood: the fault of phase 1: stall fired for no client and no seed: it tests nothing"
    )


def test_scoring_is_a_function_of_cells_alone() -> None:
    """The order in which cells came in changes nothing."""
    cells = runs(a=[0.9, 0.8, 0.7], b=[0.6, 0.9, 0.8])
    assert standings(cells, ["a", "b"], range(3)) == standings(cells[::-1], ["a", "b"], range(3))
    assert scoring.rows(cells, ["storm"], ["a", "b"]) == scoring.rows(cells[::-1], ["storm"], ["a", "b"])
