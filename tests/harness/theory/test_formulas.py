"""What theory's figures are computed with comes to figures that are known otherwise."""

from __future__ import annotations

from math import exp, factorial, log

import pytest

from brownout.harness.theory.erlang import loss, waiting
from brownout.harness.theory.models import token_bucket
from brownout.harness.theory.numeric import integral, quantile, stationary


def test_erlang_b_is_the_truncated_poisson() -> None:
    for load, slots in ((0.5, 1), (6.0, 10), (30.0, 25)):
        weights = [load**n / factorial(n) for n in range(slots + 1)]
        assert loss(load, slots) == pytest.approx(weights[-1] / sum(weights))


def test_erlang_c_is_that_of_the_chain() -> None:
    assert waiting(0.7, 1) == pytest.approx(0.7)
    chain = stationary(lambda _: 3.5, lambda n: min(n, 5))
    assert waiting(3.5, 5) == pytest.approx(sum(chain[5:]))


def test_a_bucket_of_one_token_is_a_slot_without_a_queue() -> None:
    """Erlang's loss knows no distribution: a / (1 + a)."""
    assert token_bucket.loss(1.4, 1.0, 1) == pytest.approx(1.4 / 2.4)


def test_a_bucket_of_two_tokens() -> None:
    """M/D/1/2, by hand: of departures e^-a leave nothing behind."""
    for load in (0.3, 1.0, 2.0):
        assert token_bucket.loss(load, 1.0, 2) == pytest.approx(1.0 - 1.0 / (exp(-load) + load))


def test_a_large_bucket_refuses_what_is_too_much() -> None:
    assert token_bucket.loss(2.0, 1.0, 60) == pytest.approx(0.5)
    assert token_bucket.loss(0.5, 1.0, 40) == pytest.approx(0.0, abs=1e-9)


def test_integral_and_quantile() -> None:
    assert integral(lambda x: exp(-x), 0.0, 3.0) == pytest.approx(1.0 - exp(-3.0))
    assert quantile(lambda x: exp(-x), 0.95, 100.0) == pytest.approx(log(20.0))
