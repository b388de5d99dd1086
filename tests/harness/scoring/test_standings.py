"""Who is best: ranks by the weighted mean wait, every two clients by seed, all comparisons counted together."""

from __future__ import annotations

import math
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.scoring import Figures, pairs, standings
from brownout.harness.scoring.standings import LEVEL, seeds_to_tell

from .made import cell, figures, played, runs, scored

CLOSE = [0.30, 0.31, 0.29, 0.33, 0.28, 0.32, 0.30]
"""Seven seeds: as many as three clients need."""


def shifted(by: float) -> list[float]:
    """The same client, a little worse under every seed."""
    return [score + by * (1 + 0.1 * (seed % 3)) for seed, score in enumerate(CLOSE)]


def test_ranked_by_the_mean_wait() -> None:
    """The least first; how far behind is paired by seed, so that seeds may differ more than clients do."""
    first, second = standings(scored(slow=shifted(0.02), quick=CLOSE))
    assert [(each.client, each.rank) for each in (first, second)] == [("quick", 1), ("slow", 2)]
    assert second.behind.value == pytest.approx(0.02 * 7.6 / 7)
    assert second.behind.low is not None
    assert second.behind.low > 0.0
    assert first.score.high is not None
    assert first.score.high > second.score.value - 0.02  # unpaired, the two could not be told apart
    assert (first.behind.value, first.is_tied_with_best, second.is_tied_with_best) == (0.0, True, False)
    assert (first.runs_needed, second.runs_needed) == (None, 6)
    assert second.goodput_behind.value == pytest.approx(second.behind.value)


def test_ties_share_a_rank() -> None:
    """Two that chance may have set apart are both first, and whoever both are surely better than is third."""
    mixed = [score + (0.01 if seed % 2 else -0.006) for seed, score in enumerate(CLOSE)]
    found = standings(scored(a=CLOSE, b=mixed, c=shifted(0.2)))
    assert [(each.client, each.rank) for each in found] == [("a", 1), ("b", 1), ("c", 3)]
    assert [each.is_tied_with_best for each in found] == [True, True, False]


def test_equal_clients_stand_in_the_order_given() -> None:
    """No client wins by its name, and the chance to be best is shared."""
    found = standings(scored(z=CLOSE, a=CLOSE))
    assert [(each.client, each.rank, each.probability_of_best) for each in found] == [("z", 1, 0.5), ("a", 1, 0.5)]
    assert (found[1].behind.value, found[1].behind.low, found[1].behind.high) == (0.0, 0.0, 0.0)


def test_weights_change_the_order() -> None:
    """Each is better in one scenario; the one that weighs more decides, and one of weight 0 counts for nothing."""
    cells = runs({"a": CLOSE, "b": shifted(0.1)}, "calm") + runs({"a": shifted(0.1), "b": CLOSE}, "storm")
    for weights, best in (({"calm": 3.0}, "a"), ({"storm": 3.0}, "b"), ({"calm": 0.0}, "b"), ({"storm": 0.0}, "a")):
        assert standings(figures(cells, weights))[0].client == best
    assert [each.behind.value for each in standings(figures(cells))] == pytest.approx([0.0, 0.0], abs=1e-12)
    by_hand = (3 * 0.25 + 1 * 0.75) / 4
    [found] = standings(figures([cell("a", 1, 0.25, "calm"), cell("a", 1, 0.75, "storm")], {"calm": 3.0}))
    assert found.score.value == by_hand


def test_the_order_of_cells_is_irrelevant() -> None:
    """Workers finish in any order."""
    cells = runs({"a": CLOSE, "b": shifted(0.01), "c": CLOSE[::-1]})
    expected = Figures(map(played, cells), ["storm"], ["a", "b", "c"])
    Random(1).shuffle(cells)
    found = Figures(map(played, cells), ["storm"], ["a", "b", "c"])
    assert standings(found) == standings(expected)
    assert pairs(found) == pairs(expected)


def test_every_two_clients_with_all_pairs_counted() -> None:
    """Holm's p is the pair's own times the pairs not yet rejected; the smallest of three is multiplied by three."""
    found = pairs(scored(a=CLOSE, b=shifted(0.02), c=shifted(0.04)))
    assert [(each.better, each.worse) for each in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [each.p for each in found] == [2 / 2**7] * 3
    assert [each.p_holm for each in found] == [3 * 2 / 2**7] * 3
    assert not any(each.is_tied for each in found)


def test_one_pair_would_be_sure_and_of_six_it_is_not() -> None:
    """The more is compared, the more seeds it takes: a verdict is not found by asking often enough."""
    six = CLOSE[:6]
    worse = shifted(0.02)[:6]
    [alone] = pairs(scored(a=six, b=worse))
    assert (alone.is_tied, alone.p) == (False, 2 / 2**6)
    among = [
        each for each in pairs(scored(a=six, b=worse, c=six[::-1], d=six)) if {each.better, each.worse} == {"a", "b"}
    ]
    assert (among[0].is_tied, among[0].p) == (True, alone.p)
    assert among[0].runs_needed == seeds_to_tell(4) == 8


@pytest.mark.parametrize(("clients", "seeds"), [(1, 6), (2, 6), (3, 7), (4, 8), (5, 9), (10, 11)])
def test_the_fewest_seeds_that_tell(clients: int, seeds: int) -> None:
    """With one seed fewer not even the clearest difference is told, with as many it is."""
    assert seeds_to_tell(clients) == seeds
    if clients > 1:
        for count, expected in ((seeds - 1, True), (seeds, False)):
            scores = {f"c{i}": [0.1 * i + 0.001 * ((i * seed) % 3) for seed in range(count)] for i in range(clients)}
            assert pairs(scored(**scores))[0].is_tied is expected


@pytest.mark.parametrize("seeds", [1, 2, 5])
def test_nothing_is_said_of_chance_with_too_few_seeds_to_decide(seeds: int) -> None:
    """No chance to be best, as everybody may be the best, and no interval of fewer than three; the order is told."""
    found = standings(scored(a=[0.9] * seeds, b=[0.1] * seeds))
    assert [(each.client, each.rank, each.probability_of_best, each.is_tied_with_best) for each in found] == [
        ("b", 1, None, True), ("a", 1, None, True)
    ]  # fmt: skip
    assert (found[1].behind.low is None) == (seeds < 3)
    three = standings(scored(a=CLOSE[:6], b=shifted(0.3)[:6], c=shifted(0.6)[:6]))
    assert [each.probability_of_best for each in three] == [None] * 3


def test_chances_to_be_best_sum_to_one() -> None:
    """And the clear winner has all of them."""
    found = standings(scored(a=CLOSE, b=CLOSE[::-1], c=shifted(0.001)))
    assert math.fsum(each.probability_of_best or 0.0 for each in found) == pytest.approx(1.0)
    assert standings(scored(a=CLOSE, b=shifted(0.3)))[0].probability_of_best == 1.0


SCORES = st.lists(st.floats(0.0, 1.0), min_size=8, max_size=8)


@given(st.lists(SCORES, min_size=2, max_size=4))
def test_ranks_and_pairs_say_the_same(found: list[list[float]]) -> None:
    """A rank counts who is surely better; no pair is sure whose p, all pairs counted, is over 5%."""
    made = scored(**{f"c{i}": scores for i, scores in enumerate(found)})
    ranked, compared = standings(made), pairs(made)
    assert len(compared) == len(list(combinations(found, 2)))
    for each in ranked:
        assert each.rank == 1 + sum(pair.worse == each.client and not pair.is_tied for pair in compared)
    for pair in compared:
        assert pair.p <= pair.p_holm
        assert pair.is_tied or pair.p_holm <= LEVEL
        assert pair.difference.value >= 0.0
