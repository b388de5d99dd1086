"""A gate on one client, and what each of its layers is worth."""

from __future__ import annotations

import pytest

from brownout.harness.results import Gate
from brownout.harness.scoring import gate, layers, pairs

from .made import cell, figures, scored

SAME = [0.20, 0.21, 0.19, 0.20, 0.22, 0.18, 0.20, 0.20]
NEAR = [0.21, 0.20, 0.20, 0.19, 0.22, 0.19, 0.20, 0.20]
FAR = [score + 0.1 + 0.01 * (seed % 2) for seed, score in enumerate(SAME)]


def gated(client: str, seeds: int = 8, **scores: list[float]) -> Gate:
    made = scored(**{name: found[:seeds] for name, found in scores.items()})
    return gate(made, pairs(made), client)


def test_it_holds_unless_another_is_surely_better() -> None:
    """A difference that chance explains is no reason; and it says what would have been one."""
    found = gated("b", a=SAME, b=NEAR)
    assert (found.client, found.is_met) == ("b", True)
    assert found.smallest_difference == pytest.approx(0.0103, abs=0.0001)
    assert found.why == "no client is surely better; a difference of 1.0 points would have been seen"
    assert gated("a", a=SAME, b=FAR).is_met


def test_it_is_missed_where_another_is() -> None:
    """By how much; of several the one that is best."""
    found = gated("b", a=SAME, b=FAR, c=[score - 0.1 for score in SAME])
    assert not found.is_met
    assert found.why == ("c is surely better, by 20.5 points of penalized wait (95% interval 20.1 to 20.9)")


def test_too_few_seeds_hold_and_say_so() -> None:
    """Nothing could have been seen: no power is claimed."""
    found = gated("b", 5, a=SAME, b=FAR)
    assert (found.is_met, found.smallest_difference) == (True, None)
    assert found.why == "nothing could have been seen: 2 clients need at least 6 seeds"


@pytest.mark.parametrize("size", [0.7, 1.0])
def test_the_power_it_states_is_the_power_it_has(size: float) -> None:
    """Of differences as large as the one stated about 80% are found: fewer of smaller ones."""
    from random import Random

    draw, hits, trials = Random(7).gauss, 0, 150
    noise = [[draw(0.0, 0.01) for _ in range(12)] for _ in range(trials)]
    stated = [gated("b", 12, a=[0.2] * 12, b=[0.2 + each for each in one]).smallest_difference or 0.0 for one in noise]
    shift = size * sum(stated) / trials
    for one in noise:
        hits += not gated("b", 12, a=[0.2] * 12, b=[0.2 + shift + each for each in one]).is_met
    assert (0.72 <= hits / trials <= 0.88) is (size == 1.0)


def test_what_a_layer_is_worth() -> None:
    """The client with it against the client without it, by seed: goodput gained, wait saved, requests added."""
    cells = []
    for scenario, gain in (("calm", 0.0), ("storm", 0.2)):
        for seed, score in enumerate(SAME):
            more = {"amplification": 1.5 if gain else 1.0}
            cells.append(cell("whole", seed, score, scenario, metrics=more))
            cells.append(cell("whole-without-retry", seed, score + gain, scenario, metrics={"amplification": 1.0}))
    found = layers(figures(cells), "whole", {"whole-without-retry": "retry"})
    assert [(each.client, each.left_out, each.scenario) for each in found] == [
        ("whole", "retry", ""), ("whole", "retry", "calm"), ("whole", "retry", "storm")
    ]  # fmt: skip
    for each, gain, more in zip(found, (0.1, 0.0, 0.2), (0.25, 0.0, 0.5), strict=True):
        for estimate, expected in ((each.goodput, gain), (each.score, gain), (each.amplification, more)):
            assert estimate.value == pytest.approx(expected, abs=1e-12)
            assert estimate.low == pytest.approx(expected, abs=1e-12)
            assert estimate.high == pytest.approx(expected, abs=1e-12)


def test_an_interval_turns_around_with_its_sign() -> None:
    """What is better when smaller is told as what is gained: low stays below high."""
    cells = [cell("whole", i, 0.2) for i in range(8)] + [cell("less", i, 0.2 + 0.01 * i) for i in range(8)]
    found = layers(figures(cells), "whole", {"less": "retry"})[0]
    assert found.score.low is not None
    assert found.score.high is not None
    assert found.score.value == pytest.approx(0.035)
    assert found.score.low < found.score.value < found.score.high
    assert layers(figures(cells[:1] + cells[8:9]), "whole", {"less": "retry"})[0].score.low is None
