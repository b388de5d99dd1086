"""What a monitor is scraped for: names, kinds and words."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..alerts.promql import PREFIX


class Family(NamedTuple):
    """`labels` are those that every sample has; `client` goes before them where the monitor has a name, and `endpoint`
    behind `model` where another than the client's own was asked."""

    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    about: str
    field: str = ""
    """Where the value stands in `Counts`, and of what alert rules go by in `Tick`; of a histogram, its sum."""
    unit: str = ""


_MODEL = ("model",)
FAMILIES: dict[str, Family] = {
    "calls": Family("counter", _MODEL, "Calls that have ended, but for those that were cancelled", "calls"),
    "failed_calls": Family("counter", _MODEL, "Calls that were not answered", "failed"),
    "timed_out_calls": Family("counter", _MODEL, "Calls that ended in a limit of the client's own", "timed_out"),
    "retried_calls": Family("counter", _MODEL, "Calls that were tried again", "retried"),
    "rescued_calls": Family("counter", _MODEL, "Calls that were tried again and answered in the end", "rescued"),
    "cancelled_calls": Family(
        "counter", _MODEL, "Calls that were cancelled, which no other counter of calls has", "cancelled"
    ),
    "attempts": Family("counter", _MODEL, "HTTP requests", "attempts"),
    "prompt_tokens": Family("counter", _MODEL, "Tokens of the prompts of answered calls", "input_tokens"),
    "answer_tokens": Family("counter", _MODEL, "Tokens of answers", "output_tokens"),
    "call_seconds": Family(
        "histogram", _MODEL, "From a call to its answer, retries included, of answered calls", "seconds", "seconds"
    ),
    "first_text_seconds": Family(
        "histogram", _MODEL, "From a call to the first text of its stream", "first_text_seconds", "seconds"
    ),
    "timeouts": Family("counter", ("model", "phase"), "Limits that ran out, whether or not a retry made up for it"),
    "wasted_tokens": Family(
        "counter", ("model", "kind"), "Tokens that were paid for and are in no answer, as far as is known"
    ),
    "wasted_dollars": Family("counter", _MODEL, "What these cost; absent where a price is not known"),
    "breaker_transitions": Family("counter", ("from", "to"), "Changes of a breaker's state"),
    "breaker_state": Family("gauge", (), "0 while every breaker is closed, 1 half-open, 2 open"),
    "dropped_attempts": Family("counter", (), "Attempts that were let go before their calls had ended: too many"),
    "alert_firing": Family("gauge", ("rule", "severity"), "Whether somebody is being called by a rule"),
    "alert_level": Family(
        "gauge", ("rule", "severity"), "What a rule has measured, in units of its limit; absent while it cannot tell"
    ),
}
"""By their names behind the prefix, in the order in which they are written."""


def samples(name: str) -> list[str]:
    """The full names of a family's samples."""
    suffixes = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
    return [f"{PREFIX}{name}{suffix}" for suffix in suffixes[FAMILIES[name].kind]]
