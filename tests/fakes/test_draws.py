"""Randomness by label: as good as any, and the same for ever."""

from __future__ import annotations

from math import exp
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.fakes.draws import Draws, Identity, call_label

seeds = st.integers(-(2**63), 2**63)
purposes = st.text(max_size=20)
MANY = 4096
CELLS = 64
CRITICAL = 63 + 7 * (2 * 63) ** 0.5
"""Of chi-squared with 63 degrees of freedom: exceeded by chance once in tens of millions."""
STRIDES = {"branch": 1, "attempt": 1 << 6, "call": 1 << 16, "client": 1 << 44}
"""By how much the labels of two identities differ that are neighbours in one of their numbers."""


def chi_squared(cells: list[int]) -> float:
    """How far counts in equal cells are from being equal."""
    counts = [0] * CELLS
    for cell in cells:
        counts[cell] += 1
    expected = len(cells) / CELLS
    return sum((count - expected) ** 2 / expected for count in counts)


def pairs(some: list[float], others: list[float]) -> list[int]:
    """The cells of an 8 by 8 grid into which pairs of draws fall."""
    return [int(one * 8) * 8 + int(other * 8) for one, other in zip(some, others, strict=True)]


@pytest.mark.parametrize("stride", STRIDES.values(), ids=list(STRIDES))
@settings(max_examples=20)
@given(seeds, purposes)
def test_draws_are_uniform(stride: int, seed: int, purpose: str) -> None:
    """The draws for neighbours of any kind fill the interval evenly."""
    uniform = Draws(seed, purpose).uniform
    assert chi_squared([int(uniform(k * stride) * CELLS) for k in range(MANY)]) < CRITICAL


@pytest.mark.parametrize("stride", STRIDES.values(), ids=list(STRIDES))
@settings(max_examples=20)
@given(seeds, purposes)
def test_neighbours_are_independent(stride: int, seed: int, purpose: str) -> None:
    """What was drawn for one branch, attempt, call or client says nothing of the next."""
    uniform = Draws(seed, purpose).uniform
    drawn = [uniform(k * stride) for k in range(MANY + 1)]
    assert chi_squared(pairs(drawn[:-1], drawn[1:])) < CRITICAL


@settings(max_examples=20)
@given(seeds, st.lists(purposes, min_size=2, max_size=2, unique=True))
def test_purposes_are_independent(seed: int, two: list[str]) -> None:
    """What was drawn for one purpose says nothing of what is drawn for another under the same label."""
    some, others = ([Draws(seed, purpose).uniform(k) for k in range(MANY)] for purpose in two)
    assert chi_squared(pairs(some, others)) < CRITICAL


@settings(max_examples=20)
@given(seeds, purposes)
def test_seeds_are_independent(seed: int, purpose: str) -> None:
    """Seeds are counted up from run to run, and each is a world of its own."""
    some, others = ([Draws(seed + step, purpose).uniform(k) for k in range(MANY)] for step in (0, 1))
    assert chi_squared(pairs(some, others)) < CRITICAL


@given(seeds, purposes, st.integers(0, 2**64 - 1))
def test_a_draw_is_inside_the_open_interval(seed: int, purpose: str, label: int) -> None:
    """Neither 0 nor 1 is ever drawn, so that every inverse of a distribution is defined; equal labels, equal draws."""
    drawn = Draws(seed, purpose).uniform(label)
    assert 0.0 < drawn < 1.0
    assert drawn == Draws(seed, purpose).uniform(label)


@pytest.mark.parametrize("hashed", [0, 2**64 - 1])
def test_the_ends_of_the_interval_are_out_of_reach(hashed: int) -> None:
    """The smallest and the largest hash there is are still inside."""
    assert 0.0 < ((hashed >> 12) + 0.5) * 2.0**-52 < 1.0


@given(seeds, purposes, st.integers(0, 2**64 - 1))
def test_a_log_normal_draw_is_that_of_the_quantile_of_the_uniform_one(seed: int, purpose: str, label: int) -> None:
    draws = Draws(seed, purpose)
    quantile = NormalDist().inv_cdf(draws.uniform(label))
    assert draws.log_normal(3.0, 0.5)(label) == 3.0 * exp(0.5 * quantile)


@pytest.mark.parametrize(
    ("label", "published"), [(1, 0xE220A8397B1DCDAF), (2, 0x6E789E6AA1B965F4), (3, 0x06C45D188009454F)]
)
def test_the_hash_is_splitmix64(label: int, published: int) -> None:
    """From state 0 the first outputs are those of the reference implementation."""
    draws = Draws(0, "")
    draws._base = 0
    assert draws.uniform(label) == ((published >> 12) + 0.5) * 2.0**-52


@pytest.mark.parametrize(
    ("seed", "purpose", "label", "drawn"),
    [
        (0, "", 0, 0.6390082261029159),
        (1, "first token", 0, 0.5767544473748191),
        (1, "first token", 1, 0.8147810053408654),
        (7, "jitter", 2**40 + 3, 0.11489388378504606),
        (-5, "fault 0/0", 2**64 - 1, 0.37745875282582897),
    ],
)
def test_draws_are_the_same_for_ever(seed: int, purpose: str, label: int, drawn: float) -> None:
    """A seed in somebody's report must give the same world with every later version, on every machine."""
    assert Draws(seed, purpose).uniform(label) == drawn


identities = st.builds(
    Identity,
    st.integers(0, 2**20 - 1),
    st.integers(0, 2**28 - 1),
    st.integers(0, 2**10 - 1),
    st.integers(0, 2**6 - 1),
)


@given(identities)
def test_an_identity_survives_its_text(who: Identity) -> None:
    """What a header says of a request is what the driver meant."""
    assert Identity.parse(str(who)) == who


@given(identities, identities)
def test_a_label_stands_for_one_identity(one: Identity, other: Identity) -> None:
    """Different requests never share a draw by sharing a label, and labels fit the hash."""
    assert (one.label == other.label) is (one == other)
    assert 0 <= one.label < 2**64


@given(identities)
def test_what_the_attempts_at_a_call_share_has_one_label(who: Identity) -> None:
    """It is that of the first attempt, whichever attempt asks."""
    assert call_label(who.client, who.call) == Identity(who.client, who.call).label


@pytest.mark.parametrize(
    "text", ["", "1/2/3", "1/2/3/4/5", "a/b/c/d", "-1/0/0/0", "1.0/0/0/0", "1/2/3/", "\u0661/2/3/4"]
)
def test_what_is_no_identity_is_refused(text: str) -> None:
    """Anything but four plain numbers is a `ValueError` that shows what stood there."""
    with pytest.raises(ValueError, match="not an identity"):
        Identity.parse(text)
