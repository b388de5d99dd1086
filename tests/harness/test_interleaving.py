"""Kinds are interleaved by their shares: exactly, evenly, and whoever follows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.interleaving import interleaved


@st.composite
def mixes(draw: st.DrawFn) -> tuple[tuple[Fraction, ...], int]:
    """Shares in whole numbers of some unit, and how many numbers are dealt out."""
    weights = draw(st.lists(st.integers(1, 40), min_size=1, max_size=7))
    return tuple(Fraction(weight, sum(weights)) for weight in weights), draw(st.integers(1, 400))


@given(mixes())
def test_nobody_is_ever_a_whole_place_ahead_or_behind(mix: tuple[tuple[Fraction, ...], int]) -> None:
    """Of any first n, within the bound that Tijdeman has proved to be the least that there is: so each kind has n times
    its share rounded up or down, and exactly that where it is whole."""
    shares, count = mix
    found = interleaved(tuple(map(float, shares)), count)
    assert len(found) == count
    bound = 1 - Fraction(1, 2 * len(shares) - 2) if len(shares) > 1 else 0
    had = [0] * len(shares)
    for n, kind in enumerate(found, start=1):
        had[kind] += 1
        assert all(abs(each - n * share) <= bound for each, share in zip(had, shares, strict=True))


@given(mixes(), st.integers(0, 400))
def test_a_number_keeps_its_kind_whoever_follows(mix: tuple[tuple[Fraction, ...], int], more: int) -> None:
    """A larger fleet begins as a smaller one does, which is what a sample of it needs."""
    shares, count = tuple(map(float, mix[0])), mix[1]
    assert interleaved(shares, count + more)[:count] == interleaved(shares, count)


@pytest.mark.parametrize(
    ("shares", "count", "found"),
    [
        ((0.7, 0.3), 10, [7, 3]),
        ((0.5, 0.5), 4, [2, 2]),
        ((1 / 3, 1 / 3, 1 / 3), 9, [3, 3, 3]),
        ((0.125, 0.875), 1000, [125, 875]),
        ((0.1, 0.9), 2, [0, 2]),
        ((1.0,), 3, [3]),
        ((0.333, 0.667), 2000, [666, 1334]),
    ],
)
def test_shares_come_out(shares: tuple[float, ...], count: int, found: list[int]) -> None:
    """Where n times the share is a whole number it is exactly that."""
    dealt = interleaved(shares, count)
    assert [dealt.count(kind) for kind in range(len(shares))] == found


def test_halves_take_turns() -> None:
    """Even is even: no run of one kind is longer than it has to be."""
    assert interleaved((0.5, 0.5), 6) == (0, 1, 0, 1, 0, 1)
    assert interleaved((0.75, 0.25), 8) == (0, 0, 1, 0, 0, 0, 1, 0)
