"""The trap: a client that gives up fast has short latencies, and must not win by them."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Observed
from brownout.harness.metrics.calls import penalized
from brownout.harness.records import CallRecord
from brownout.harness.scenario import Scenario
from brownout.harness.scoring import standings

from .. import tiny
from .made import scored

CALM, DEFAULTS = loads(tiny.CALM, Scenario), loads("name: defaults\n", Client)
DEADLINE = 90.0
SEEDS = 8


def score(latencies: Sequence[float]) -> float:
    """The penalized wait, by the metric itself; a failure is infinite."""
    calls = [
        CallRecord(0, i, 0.0, 0.0, taken if taken < inf else 0.01, "ok" if taken < inf else "timeout", None, "",
                   DEADLINE, False, 1, 1, 1, 1)
        for i, taken in enumerate(latencies)
    ]  # fmt: skip
    return penalized(Observed(CALM, DEFAULTS, 1, Ledger(calls=calls)))


def half_given_up(latencies: Sequence[float]) -> list[float]:
    """Every second call fails at once."""
    return [inf if i % 2 else latency for i, latency in enumerate(latencies)]


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


@given(calls(DEADLINE), calls(DEADLINE))
def test_no_speed_makes_up_for_half_of_the_calls(patient: list[list[float]], hasty: list[list[float]]) -> None:
    """Even if its answers come at once: to lose half of the calls costs a whole deadline a call, and who answers all
    of them within theirs, however late, is never behind."""
    assert first(hasty=list(map(half_given_up, hasty)), patient=patient) == "patient"
