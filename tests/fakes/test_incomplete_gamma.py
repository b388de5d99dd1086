"""The gamma distribution against SciPy's, which is a reference here and nothing else."""

from __future__ import annotations

from statistics import NormalDist

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import special, stats

from brownout.fakes.distributions import TokenCounts
from brownout.fakes.draws import Draws
from brownout.fakes.incomplete_gamma import LARGEST, inverse, lower, upper

SHAPES = st.floats(-2.0, 4.0).map(lambda power: 10.0**power)
SHARES = st.floats(0.0, 1.0, exclude_min=True, exclude_max=True)


@given(SHAPES, st.floats(1e-6, 4.0))
def test_both_tails_are_scipys(shape: float, of_mean: float) -> None:
    """On either side of the mean."""
    x = shape * of_mean
    assert lower(shape, x) == pytest.approx(special.gammainc(shape, x), rel=1e-9, abs=1e-14)
    assert upper(shape, x) == pytest.approx(special.gammaincc(shape, x), rel=1e-9, abs=1e-14)


@example(LARGEST, 2.0**-53)
@example(LARGEST, 1 - 2.0**-53)
@example(0.01, 0.5)
@example(0.01, 1 - 2.0**-53)
@example(1.0, 0.5)
@given(SHAPES, SHARES)
def test_the_inverse_is_scipys(shape: float, u: float) -> None:
    """For every draw there may be: where figures are too small to matter, they are small."""
    u = min(max(u, 2.0**-53), 1 - 2.0**-53)
    expected = special.gammaincinv(shape, u) if u < 0.5 else special.gammainccinv(shape, 1.0 - u)
    assert inverse(shape, u, NormalDist().inv_cdf(u)) == pytest.approx(expected, rel=1e-7, abs=1e-100)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("text", "shape"), [({"mean": 400, "cv": 1.5}, 1.5**-2), ({"mean": 400, "shape": 9}, 9)])
def test_draws_are_distributed_so(text: dict[str, float], shape: float, seed: int) -> None:
    """By Kolmogorov and Smirnov."""
    spread, draws = TypeAdapter(TokenCounts).validate_python(text), Draws(seed, "test")
    sample = [spread.at(draws.uniform(label)) for label in range(3000)]
    assert stats.kstest(sample, stats.gamma(shape, scale=400 / shape).cdf).pvalue > 0.001


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"mean": 3, "cv": 1, "shape": 1}, "either cv or shape"),
        ({"mean": 3, "cv": 0}, "greater than or equal to 0.01"),
        ({"mean": 3, "shape": 1e9}, "less than or equal to 10000"),
        ({"values": []}, "at least 1 item"),
        ({"values": [{"value": 3, "weight": 0}]}, "greater than 0"),
        ({"values": ["3s"]}, "count"),
        ({"quantiles": [{"at": "10%", "value": 1}, {"at": "100%", "value": 3}]}, "first quantile must be at 0%"),
        ({"quantiles": [{"at": "0%", "value": 4}, {"at": "100%", "value": 3}]}, "must go up"),
    ],
)
def test_what_is_no_distribution_is_refused(given_: object, said: str) -> None:
    """With a sentence."""
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(TokenCounts).validate_python(given_)
