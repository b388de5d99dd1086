"""The trap: a client that gives up fast has short latencies, and must not win by them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.scoring import standings

from .made import scored

DEADLINE = 90.0
SEEDS = 8


def score(latencies: Sequence[float]) -> float:
    """The restricted mean as a share of the deadline; a failure is infinite."""
    return sum(min(latency, DEADLINE) for latency in latencies) / len(latencies) / DEADLINE


def half_given_up(latencies: Sequence[float]) -> list[float]:
    """Every second call fails at once."""
    return [float("inf") if i % 2 else latency for i, latency in enumerate(latencies)]


def first(**by_seed: list[list[float]]) -> str:
    found = standings(scored(**{client: list(map(score, runs)) for client, runs in by_seed.items()}))
    assert found[0].rank == 1
    assert sum(each.rank == 1 for each in found) == sum(each.is_tied_with_best for each in found)
    return found[0].client


def calls(most: float) -> st.SearchStrategy[list[list[float]]]:
    return st.lists(st.lists(st.floats(0.01, most), min_size=4, max_size=4), min_size=SEEDS, max_size=SEEDS)


@given(calls(DEADLINE - 0.01))
def test_giving_up_never_pays(latencies: list[list[float]]) -> None:
    """However long answers take within the deadline: the same answers with every second call given up at once rank
    behind, although every time that is left is as short."""
    assert first(hasty=list(map(half_given_up, latencies)), patient=latencies) == "patient"


@given(calls(DEADLINE / 2 - 0.01), calls(DEADLINE))
def test_no_speed_makes_up_for_half_of_the_calls(patient: list[list[float]], hasty: list[list[float]]) -> None:
    """Even if its answers were quicker: to lose half of the calls costs half of the deadline, and who answers all of
    them within that time is never behind."""
    assert first(hasty=list(map(half_given_up, hasty)), patient=patient) == "patient"
