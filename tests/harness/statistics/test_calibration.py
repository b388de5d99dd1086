"""A/A trials: clients alike in truth are told apart no more often than promised, and unlike ones are found.

A check that nothing could fail proves nothing: the same check fails two methods known to be wrong.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import nct, norm

from brownout.harness.statistics import t_point
from brownout.harness.statistics.bootstrap import _bounds, bca
from brownout.harness.statistics.empirical import Empirical
from brownout.harness.statistics.holm import holm
from brownout.harness.statistics.pooled import pooled_quantile
from brownout.harness.statistics.randomization import sign_flip
from brownout.harness.statistics.ranking import probability_of_best
from brownout.harness.statistics.resampling import expanded_z

TRIALS = 1_000
CALLS = 400
LEVEL = 0.05
ALLOWED = LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / TRIALS)
"""7.1%: more would be chance in one of 700 checks."""

Cells = np.ndarray
"""Figures of a client of shape (trials, runs)."""


def _normal(rng: np.random.Generator, runs: int) -> Cells:
    return rng.normal(size=(TRIALS, runs))


def _storms(rng: np.random.Generator, runs: int, frequency: float = 0.2) -> Cells:
    """Goodput: 95% of 400 calls, in a stormy run 60%. Clients meet storms of their own, the worst for a comparison."""
    return rng.binomial(CALLS, np.where(rng.random((TRIALS, runs)) < frequency, 0.6, 0.95)) / CALLS


def _rare_storms(rng: np.random.Generator, runs: int) -> Cells:
    return _storms(rng, runs, 0.05)


WORLDS = [_normal, _storms, _rare_storms]
World = Callable[[np.random.Generator, int], Cells]


def _by_bca(differences: list[float]) -> bool:
    return bca(differences).excludes_zero


def _by_sign_flip(differences: list[float]) -> bool:
    return sign_flip(differences) <= LEVEL


def _by_bca_alone(differences: list[float]) -> bool:
    """As published, with percentiles expanded, but not held to Student's interval."""
    values = np.sort(differences)
    low, high = _bounds(values - values.mean(), expanded_z(len(values), 0.95))
    return bool(values.mean() + low > 0 or values.mean() + high < 0)


def _by_requests(differences: list[float]) -> bool:
    """As if the calls of all runs were independent: the normal interval of a difference of two shares of about 88%."""
    error = math.sqrt(2 * 0.88 * 0.12 / (CALLS * len(differences)))
    return abs(float(np.mean(differences))) > 1.96 * error


def _alarms(method: Callable[[list[float]], bool], differences: Cells) -> float:
    return sum(map(method, differences.tolist())) / len(differences)


@pytest.mark.slow
@pytest.mark.parametrize("runs", [6, 10, 20])
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("method", [_by_bca, _by_sign_flip])
def test_clients_alike_are_rarely_told_apart(
    method: Callable[[list[float]], bool], world: World, runs: int, record_property: Callable[[str, object], None]
) -> None:
    """In 5% of trials, within binomial error."""
    rng = np.random.default_rng(runs)
    rate = _alarms(method, world(rng, runs) - world(rng, runs))
    record_property("rate", rate)
    assert rate <= ALLOWED


@pytest.mark.parametrize("runs", [6, 10, 20])
def test_the_check_fails_intervals_over_requests(runs: int) -> None:
    """Calls of a run share its storm: taken for independent they cry wolf in half of all trials and more."""
    rng = np.random.default_rng(runs)
    assert _alarms(_by_requests, _storms(rng, runs) - _storms(rng, runs)) > 0.4


@pytest.mark.slow
@pytest.mark.parametrize("runs", [6, 10, 20])
def test_the_check_fails_bca_alone(runs: int) -> None:
    """Why `bca` is held to Student's interval: one rare storm looks like skewness, and is corrected for."""
    rng = np.random.default_rng(runs)
    assert _alarms(_by_bca_alone, _rare_storms(rng, runs) - _rare_storms(rng, runs)) > ALLOWED


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("runs", [10, 20])
def test_a_family_of_five_clients(world: World, runs: int, record_property: Callable[[str, object], None]) -> None:
    """Of ten pairs any at all is told apart in 5% of trials; without Holm's adjustment in far more."""
    rng = np.random.default_rng(100 + runs)
    clients = [world(rng, runs) for _ in range(5)]
    adjusted = raw = 0
    for trial in range(TRIALS):
        p_values = {
            (a, b): sign_flip((clients[a][trial] - clients[b][trial]).tolist())
            for a, b in itertools.combinations(range(5), 2)
        }
        adjusted += min(holm(p_values).values()) <= LEVEL
        raw += min(p_values.values()) <= LEVEL
    record_property("rate", adjusted / TRIALS)
    record_property("raw", raw / TRIALS)
    assert adjusted / TRIALS <= ALLOWED
    assert raw / TRIALS > 2 * ALLOWED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "runs"), [(_by_bca, 6), (_by_bca, 10), (_by_bca, 20), (_by_sign_flip, 10), (_by_sign_flip, 20)]
)
def test_a_real_effect_is_found(
    method: Callable[[list[float]], bool], runs: int, record_property: Callable[[str, object], None]
) -> None:
    """3.5 standard errors of normal differences: nearly as often as the t test finds them, which is best for those."""
    best = float(nct.sf(t_point(runs - 1), runs - 1, 3.5))
    rate = _alarms(method, _normal(np.random.default_rng(runs), runs) + 3.5 / math.sqrt(runs))
    record_property("rate", rate)
    record_property("best", best)
    assert best - 0.1 <= rate <= best + 0.03


def test_six_signs_find_what_they_can() -> None:
    """Six runs have to agree in sign, all of them, and the test finds it just when they do."""
    differences = _normal(np.random.default_rng(6), 6) + 3.5 / math.sqrt(6)
    assert _alarms(_by_sign_flip, differences) == np.mean(np.abs(np.sign(differences).sum(axis=1)) == 6)


@pytest.mark.parametrize("runs", [3, 6, 10])
def test_pooled_quantiles_are_where_they_are_said_to_be(
    runs: int, record_property: Callable[[str, object], None]
) -> None:
    """Each run is slow or quick as a whole; 95% of intervals hold the p95 of all runs there could be."""
    rng = np.random.default_rng(runs)
    truth = math.exp(norm.ppf(0.95) * math.sqrt(1 + 0.3**2))
    held = 0
    for _ in range(TRIALS // 2):
        cell = [np.exp(np.sort(rng.normal(size=CALLS)) + rng.normal(scale=0.3)) for _ in range(runs)]
        found = pooled_quantile(list(map(Empirical.of, cell)), 0.95)
        held += found.low is not None and found.high is not None and found.low <= truth <= found.high
    record_property("rate", held / (TRIALS // 2))
    assert held / (TRIALS // 2) >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / (TRIALS // 2))


def test_no_client_is_surely_best_among_its_likes() -> None:
    """Probabilities of one of two alike are spread evenly: below 5% in 5% of trials, within error at ten runs."""
    rng = np.random.default_rng(5)
    figures = _normal(rng, 10), _normal(rng, 10)
    found = [probability_of_best({"a": a, "b": b})["a"] for a, b in zip(*(f.tolist() for f in figures), strict=True)]
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.035)
    assert np.mean(found) == pytest.approx(0.5, abs=0.03)
