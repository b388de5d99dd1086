"""Run lengths until rules fire, held to what was published; and a rule that is a little off is seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brownout.harness.alerts.known import Known, known, verdict

CASES = known()


@pytest.mark.parametrize("case", CASES, ids=[f"{each.name}: {each.what}" for each in CASES])
def test_rules_fire_as_long_after_as_published(case: Known) -> None:
    assert verdict(case, case.play(), len(CASES)) == "holds"


@pytest.mark.parametrize("name", ["cusum", "ewma", "bernoulli_cusum", "burn_rate"])
def test_a_tenth_off_does_not_hold(name: str) -> None:
    quickest = min((each for each in CASES if each.name == name), key=lambda each: each.published)
    lengths = quickest.play()
    for times in (0.9, 1.1):
        off = replace(quickest, published=quickest.published * times)
        assert verdict(off, lengths, len(CASES)) == "does not hold"


def test_a_few_runs_say_nothing() -> None:
    case = next(each for each in CASES if each.name == "ewma")
    assert verdict(case, [100.0, 900.0, 500.0], len(CASES)) == "too few runs to tell"
