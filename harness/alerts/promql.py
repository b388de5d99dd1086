"""Rules in the language of Prometheus: the same sums over the same windows."""

from __future__ import annotations

from typing import NamedTuple

from brownout.fakes.units import format_duration

from .signal import signal

PREFIX = "brownout_client_"
"""Of everything that a monitor is scraped for."""


class Recording(NamedTuple):
    """A series that is computed at every evaluation, and kept."""

    record: str
    expr: str


class Query(NamedTuple):
    """`expr` fires where it has a value. `recordings` are evaluated before it, every `every` seconds."""

    expr: str
    recordings: tuple[Recording, ...] = ()
    every: float = 60.0


def ratio(of: str, seconds: float) -> str:
    """A signal over the last so many seconds, of all scraped clients together."""
    found = signal(of)
    top = _increase(found.top, seconds)
    if found.less:
        top = f"({top} - {_increase(found.less, seconds)})"
    return f"{top} / {counted(of, seconds)}"


def counted(of: str, seconds: float) -> str:
    """What a signal is divided by."""
    return _increase(signal(of).bottom, seconds)


def _increase(counter: str, seconds: float) -> str:
    return f"sum(increase({PREFIX}{counter}[{format_duration(seconds)}]))"


def number(value: float) -> str:
    """As short as it can be written without becoming another."""
    return repr(value).removesuffix(".0")
