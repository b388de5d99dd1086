"""What the best client is: a metric, over scenarios with their weights, within limits on others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..files.suggest import did_you_mean, quoted
from ..metrics import METRICS, metric
from ..objectives import Objective, parse

DEFAULT = "par2"
MISSED = 10.0
"""The loss for missing a limit by as much as it is, so that nothing is worth missing one."""
NEVER = 1e6
"""Stands for a metric that is infinite: worse than anything, and comparable."""
BESIDE = ("goodput", "p95(latency)", "rmst", "false_timeout_rate", "amplification", "cost_per_good_call")
"""What people ask of a value besides, whatever the goal."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The metric to be made as small, or as large, as can be."""

    metric: str = DEFAULT
    limits: tuple[Objective, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    """By the name of a scenario; 1 where none is given."""

    @classmethod
    def parse(cls, name: str = DEFAULT, limits: Iterable[str] = (), weights: Mapping[str, float] | None = None) -> Goal:
        """Raises `ValueError` for a metric that there is not, `objectives.ObjectiveError` for a limit that is none."""
        try:
            metric(name)
        except KeyError:
            raise ValueError(f"there is no metric {quoted(name)}{did_you_mean(name, METRICS)}") from None
        return cls(name, tuple(map(parse, limits)), dict(weights or {}))

    @property
    def needed(self) -> tuple[str, ...]:
        """Every metric without which there is no loss."""
        return tuple(dict.fromkeys((self.metric, *(limit.metric for limit in self.limits))))

    @property
    def names(self) -> tuple[str, ...]:
        """Every metric that is measured."""
        return tuple(dict.fromkeys((*self.needed, *BESIDE)))

    @property
    def needs_twin(self) -> bool:
        return any(metric(name).needs_twin for name in self.needed)

    def loss(self, values: Mapping[str, float]) -> float:
        """Of one run, the smaller the better: the metric, turned round where more is better, and what it misses."""
        value = values[self.metric]
        loss = -value if metric(self.metric).better == "higher" else value
        return _finite(loss) + sum(_finite(_missed(limit, values[limit.metric])) for limit in self.limits)

    def weighed(self, figures: Sequence[tuple[str, float]]) -> float:
        """The mean over scenarios, by their names."""
        weights = [self.weights.get(name, 1.0) for name, _ in figures]
        return sum(w * each for w, (_, each) in zip(weights, figures, strict=True) if w) / sum(weights)


def missed(limits: Iterable[str], values: Mapping[str, float]) -> list[str]:
    """Those that these values do not keep."""
    parsed = map(parse, limits)
    return [each.text for each in parsed if each.metric in values and each.margin(values[each.metric]) < 0.0]


def _missed(limit: Objective, value: float) -> float:
    margin = limit.margin(value)
    return 0.0 if margin >= 0.0 else MISSED * -margin / max(abs(limit.limit), 0.01)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.copysign(NEVER, value)
