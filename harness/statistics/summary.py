"""What is said of one figure over runs: its mean and how far off that may be, or its middle run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over runs with its interval (95% unless asked otherwise); no bounds with fewer than three runs."""

    mean: float
    low: float | None
    high: float | None

    @property
    def excludes_zero(self) -> bool:
        return self.low is not None and self.high is not None and (self.low > 0.0 or self.high < 0.0)


def median(values: list[float]) -> float:
    """The lower median: always one of the values, so that a few infinite ones do not spread."""
    return sorted(values)[(len(values) - 1) // 2]
