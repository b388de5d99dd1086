"""Who is best, and how many runs say so: known answers, ties, and the power that was asked for."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.statistics import student, t_point
from brownout.harness.statistics.ranking import _power, probability_of_best, runs_needed

figures = st.integers(-100, 100).map(lambda n: n / 8)
fields = st.integers(3, 8).flatmap(
    lambda runs: st.dictionaries(
        st.sampled_from("abcde"), st.lists(figures, min_size=runs, max_size=runs), min_size=1, max_size=5
    )
)


def test_one_that_is_always_ahead() -> None:
    """Paired by seed: the worlds differ a hundred times more than the clients, and yet it is certain."""
    slow = [1.0, 100.0, 10.0, 1000.0]
    fast = [value - 0.5 for value in slow]
    assert probability_of_best({"slow": slow, "fast": fast}) == {"slow": 0.0, "fast": 1.0}
    assert probability_of_best({"slow": slow, "fast": fast}, smaller_is_better=False) == {"slow": 1.0, "fast": 0.0}


def test_ties_are_shared() -> None:
    same, worse = [0.1, 0.7, 0.3], [0.2, 0.8, 0.4]
    assert probability_of_best({"a": same, "b": same, "c": worse}) == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0})
    assert probability_of_best({"a": [0.0] * 3, "b": [0.0] * 3}) == {"a": 0.5, "b": 0.5}
    assert probability_of_best({"alone": same}) == {"alone": 1.0}


def test_as_the_normal_has_it() -> None:
    """Of two, nearly Phi(mean / standard error) of the difference."""
    differences = np.random.default_rng(3).normal(loc=0.2, size=40)
    found = probability_of_best({"a": differences.tolist(), "b": [0.0] * 40}, smaller_is_better=False)
    expected = scipy.stats.norm.cdf(differences.mean() / (differences.std(ddof=1) / math.sqrt(40)))
    assert found["a"] == pytest.approx(expected, abs=0.02)


@given(fields, st.booleans())
def test_probabilities_sum_to_one(by_client: dict[str, list[float]], smaller: bool) -> None:
    found = probability_of_best(by_client, smaller)
    assert list(found) == list(by_client)
    assert sum(found.values()) == pytest.approx(1.0)
    turned = {client: [-value for value in each] for client, each in by_client.items()}
    assert probability_of_best(turned, not smaller) == pytest.approx(found)


@given(fields, st.lists(figures, min_size=8, max_size=8))
def test_what_all_clients_share_is_irrelevant(by_client: dict[str, list[float]], world: list[float]) -> None:
    moved = {client: [a + b for a, b in zip(each, world, strict=False)] for client, each in by_client.items()}
    assert probability_of_best(moved) == pytest.approx(probability_of_best(by_client))


@pytest.mark.parametrize(
    "by_client",
    [{}, {"a": []}, {"a": [1.0, 2.0]}, {"a": [1.0] * 3, "b": [1.0] * 4}, {"a": [1.0, 2.0, math.inf]}],
)
def test_only_a_full_field(by_client: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="ranking"):
        probability_of_best(by_client)


@pytest.mark.parametrize("runs", [3, 4, 6, 10, 30, 300, 100_000])
@pytest.mark.parametrize("effect", [0.001, 0.1, 0.5, 1.0, 3.0])
def test_power_is_that_of_the_noncentral_t(runs: int, effect: float) -> None:
    expected = scipy.stats.nct.sf(t_point(runs - 1), runs - 1, effect * math.sqrt(runs))
    assert _power(runs, effect, 0.95) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("effect", "needed"), [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10)])
def test_runs_needed_as_tabled(effect: float, needed: int) -> None:
    """Cohen's small, medium and large effects, as G*Power has them for a paired t test at 5% and 80%."""
    spread = math.sqrt(3 / 4)  # of 1, -1, 1, -1 the deviation found is sqrt(4 / 3)
    seen = [effect + spread * sign for sign in (1, -1, 1, -1)]
    assert runs_needed(seen) == needed


def test_runs_needed_find_it() -> None:
    """Of 2,000 experiments of so many runs, 80% exclude 0, within chance."""
    needed = runs_needed([1.0, 2.6, 0.2, -0.4, 1.1])
    assert needed is not None
    mean, spread = np.mean([1.0, 2.6, 0.2, -0.4, 1.1]), np.std([1.0, 2.6, 0.2, -0.4, 1.1], ddof=1)
    trials = np.random.default_rng(11).normal(mean, spread, size=(2_000, needed)).tolist()
    assert np.mean([student(trial).excludes_zero for trial in trials]) == pytest.approx(0.8, abs=0.04)


def test_more_power_or_surety_takes_more_runs() -> None:
    seen = [0.1, 0.5, -0.3, 0.2]
    by_power = [runs_needed(seen, power=power) or 0 for power in (0.5, 0.8, 0.95)]
    by_level = [runs_needed(seen, level=level) or 0 for level in (0.8, 0.95, 0.99)]
    assert by_power == sorted(set(by_power))
    assert by_level == sorted(set(by_level))


@given(st.lists(figures, min_size=2, max_size=8), st.sampled_from([-1.0, 0.5, 1024.0]))
def test_unit_and_direction_are_irrelevant(seen: list[float], factor: float) -> None:
    assert runs_needed([factor * value for value in seen]) == runs_needed(seen)


@pytest.mark.parametrize("seen", [[1.0], [0.0, 0.0], [1.0, -1.0], [0.001, 1.0, -1.0]])
def test_no_number_is_known(seen: list[float]) -> None:
    """One run has no spread, no difference takes for ever, and so nearly does a thousandth of the spread."""
    assert runs_needed(seen) is None


def test_equal_differences_take_the_least() -> None:
    assert runs_needed([0.5, 0.5]) == 3


@pytest.mark.parametrize("seen", [[], [math.inf, 1.0], [math.nan]])
def test_only_finite_differences(seen: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        runs_needed(seen)


@pytest.mark.parametrize(("level", "power"), [(0.0, 0.8), (1.0, 0.8), (0.95, 0.0), (0.95, 1.0)])
def test_only_shares(level: float, power: float) -> None:
    with pytest.raises(ValueError, match="share"):
        runs_needed([1.0, 2.0], level, power)
