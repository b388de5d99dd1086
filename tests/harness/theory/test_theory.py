"""The simulator comes to what theory knows, in every model; and not where the model is made a little different."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brownout.harness.theory.model import models
from brownout.harness.theory.trial import Held, trial

SHARE, PRECISION = 0.15, 0.08
"""Of the traffic that `brownout validate --theory` plays, which knows figures to 2%."""
ENOUGH = {"hedge-exponential": 0.4, "read-timeout": 0.7}
"""How much of it shows a small change, where it takes more than a fifth."""
MODELS = models()

CHANGES = {
    # five percent in a rate, a time or a share, or one slot
    "attempts": ("share: 70%", "share: 73.5%"),
    "closed": ("think: {mean: 4.0s}", "think: {mean: 4.2s}"),
    "erlang-a": ("rate: 6.0/s", "rate: 6.3/s"),
    "erlang-b": ("slots: 10,", "slots: 11,"),
    "first-byte": ("rate: 4.0/s", "rate: 4.2/s"),
    "hedge-exponential": ("mean: 1.0s", "mean: 1.05s"),
    "hedge-lognormal": ("median: 1.0s", "median: 1.05s"),
    "md1": ("rate: 0.6/s", "rate: 0.63/s"),
    "mm1": ("rate: 0.5/s", "rate: 0.525/s"),
    "mmc": ("rate: 2.6/s", "rate: 2.73/s"),
    "overload-ends": ("rate: 6.4667/s", "rate: 6.7900/s"),
    "overload-stays": ("slots: 20,", "slots: 21,"),
    "read-timeout": ("rate: 0.9/s", "rate: 0.945/s"),
    "retrials": ("rate: 0.4/s", "rate: 0.42/s"),
    "retry-budget": ("deposit: 0.2,", "deposit: 0.21,"),
    "token-bucket": ("rate: 1.4/s", "rate: 1.47/s"),
}


def verdicts(found: list[Held]) -> dict[str, tuple[str, float, object]]:
    return {each.figure.what: (each.verdict(PRECISION), each.figure.theory, each.interval) for each in found}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_the_simulator_comes_to_what_theory_knows(name: str) -> None:
    found = verdicts(trial(MODELS[name], SHARE))
    assert {what: each for what, each in found.items() if each[0] != "holds"} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_small_change_is_seen(name: str) -> None:
    """Of the scenario or the client; theory stays where it is."""
    model, (old, new) = MODELS[name], CHANGES[name]
    scenario, client = model.scenario.replace(old, new), model.client.replace(old, new)
    assert (scenario, client) != (model.scenario, model.client)
    found = verdicts(trial(replace(model, scenario=scenario, client=client), ENOUGH.get(name, 0.2)))
    assert "does not hold" in {verdict for verdict, *_ in found.values()}, found
