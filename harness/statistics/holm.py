"""Many comparisons at once: p-values that may each be held against the level the whole family is to keep."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def holm(p_values: Mapping[Key, float]) -> dict[Key, float]:
    """Adjusted p-values, by the same keys in the same order (Holm, 1979, A simple sequentially rejective procedure).

    The comparisons below 5% then hold one false alarm or more in at most 5% of families, however the comparisons hang
    together. None is below what it was, and their order by size stays. Raises `ValueError` for one not in [0, 1].
    """
    if not all(0.0 <= p <= 1.0 for p in p_values.values()):
        raise ValueError("p-values lie between 0 and 1")
    adjusted: dict[Key, float] = {}
    least = 0.0
    for place, (key, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        least = max(least, min(1.0, (len(p_values) - place) * p))
        adjusted[key] = least
    return {key: adjusted[key] for key in p_values}
