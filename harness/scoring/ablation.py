"""What each layer of a client is worth: the client against the same client without that layer, by seed."""

from __future__ import annotations

from collections.abc import Sequence

from ..part import Estimate
from ..results import Layer
from .estimates import paired
from .figures import Figures
from .standings import SCORE


def layers(figures: Figures, whole: str, variants: dict[str, str]) -> list[Layer]:
    """For each variant of the client `whole` (name -> what it leaves out), over all scenarios and in each."""
    found = []
    for variant, left_out in variants.items():
        for scenario in ("", *figures.scenarios):
            gains = {name: _gain(figures, scenario, whole, variant, name) for name in ("goodput", SCORE)}
            more = _gain(figures, scenario, whole, variant, "amplification")
            found.append(
                Layer(
                    client=whole,
                    left_out=left_out,
                    scenario=scenario,
                    goodput=gains["goodput"],
                    score=_turned(gains[SCORE]),
                    amplification=more,
                )
            )
    return found


def _gain(figures: Figures, scenario: str, whole: str, variant: str, metric: str) -> Estimate:
    """How much more of the metric the whole client has."""
    return paired(_values(figures, scenario, whole, metric), _values(figures, scenario, variant, metric))


def _values(figures: Figures, scenario: str, client: str, metric: str) -> Sequence[float]:
    return figures.values(scenario, client, metric) if scenario else figures.weighted(client, metric)


def _turned(found: Estimate) -> Estimate:
    """Of a metric that is better when smaller: what is gained."""
    if found.low is None or found.high is None:
        return Estimate(value=-found.value)
    return Estimate(value=-found.value, low=-found.high, high=-found.low)
