"""What a monitor is scraped for, by name, as sums of ticks."""

from __future__ import annotations

from ...monitoring.families import FAMILIES
from ...monitoring.tick import BOUNDS, Tick
from ..signal import signal

FIELDS = {
    f"{name}_{'sum' if family.kind == 'histogram' else 'total'}": family.field
    for name, family in FAMILIES.items()
    if family.field in Tick._fields
} | {"call_seconds_count": "answered", "first_text_seconds_count": "first_texts"}
"""Counter -> the field of a tick by which it grows."""
BUCKETS = {f'call_seconds_bucket{{le="{bound}"}}': place for place, bound in enumerate(BOUNDS)}
"""The same of the histogram of answers: the place in `within`."""


def grown(counter: str, tick: Tick) -> float:
    """By how much a counter grows in a tick. Raises `KeyError` for one that there is not."""
    if counter in BUCKETS:
        return tick.within[BUCKETS[counter]]
    growth: float = getattr(tick, FIELDS[counter])
    return growth


def counters(of: str) -> list[str]:
    """Those that a signal is made of."""
    found = signal(of)
    return [counter for counter in dict.fromkeys((found.top, found.less, found.bottom)) if counter]
