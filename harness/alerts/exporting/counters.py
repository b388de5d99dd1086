"""What a monitor is scraped for, by name, as sums of ticks."""

from __future__ import annotations

from ...monitoring.tick import BOUNDS, Tick
from ..signal import signal

FIELDS = {
    "calls_total": "calls",
    "failed_calls_total": "failed",
    "timed_out_calls_total": "timed_out",
    "retried_calls_total": "retried",
    "attempts_total": "attempts",
    "call_seconds_sum": "seconds",
    "call_seconds_count": "answered",
    "first_text_seconds_sum": "first_text_seconds",
    "first_text_seconds_count": "first_texts",
    "answer_tokens_total": "output_tokens",
    "prompt_tokens_total": "input_tokens",
}
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
