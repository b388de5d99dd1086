"""How long something took, so that quantiles can be told later: an HdrHistogram, in as much memory whatever it holds.
Needs `brownout[monitor]`."""

from __future__ import annotations

import math
from collections.abc import Sequence

try:
    from hdrh.histogram import HdrHistogram
except ImportError as error:
    needed = "brownout.Monitor needs HdrHistogram: pip install 'brownout[monitor]'"
    raise ImportError(needed, name="hdrh") from error

SHORTEST, LONGEST = 0.0001, 3600.0
"""Seconds. What is shorter counts as the one, what is longer as the other."""
DIGITS = 2
"""That are kept of every value."""
PRECISION = 2.0**-7
"""A quantile is never below the exact one, and above it by no more than this share of it and `SHORTEST`: with two
digits a power of two is divided into 128."""
_MOST = round(LONGEST / SHORTEST)
_WORD = 4
"""Bytes of a counter: four thousand million calls."""


class Histogram:
    """10 KB. Not for several threads at once."""

    __slots__ = ("_inner",)

    def __init__(self) -> None:
        self._inner = HdrHistogram(1, _MOST, DIGITS, word_size=_WORD)

    def record(self, seconds: float) -> None:
        """Something took so long."""
        self._inner.record_value(min(max(math.ceil(seconds / SHORTEST), 1), _MOST))

    def add(self, other: Histogram) -> None:
        """All that another one holds."""
        self._inner.add(other._inner)

    def quantiles(self, shares: Sequence[float]) -> tuple[float, ...]:
        """Seconds, by nearest rank; of a histogram that holds something. `shares` are from 0 to 1, each once."""
        percents = [100.0 * share for share in shares]
        found = self._inner.get_percentile_to_value_dict(percents)
        return tuple(min(found[percent] * SHORTEST, LONGEST) for percent in percents)
