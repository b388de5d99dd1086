"""Courses through time as lines of text, one a client, under one that marks where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from .table import Sparks
from .terminal import Terminal

_BARS, _ASCII = "▁▂▃▄▅▆▇█", "_.:-=+*#"
_MARK, _ASCII_MARK = "▒", "!"
_LONGEST_NAME = 24


def lines(sparks: Sparks, terminal: Terminal) -> list[str]:
    """The lowest bar is less than a fourteenth of the calls, the highest all but so few; a blank is no calls at all."""
    bars, mark = (_BARS, _MARK) if terminal.has_unicode else (_ASCII, _ASCII_MARK)
    names = {client: _short(client) for client in sparks.series}
    wide = max(len("faults"), *map(len, names.values()))
    size = -(-len(sparks.is_wrong) // max(10, (terminal.limit or terminal.width) - wide - 6))
    wrong = [mark if any(part) else " " for part in _chunks(sparks.is_wrong, size)]
    head = [f"{'faults':{wide}}  {''.join(wrong).rstrip()}"] if any(sparks.is_wrong) else []
    return head + [
        f"{names[client]:{wide}}  {''.join(_bar(part, bars) for part in _chunks(series, size)).rstrip()}"
        for client, series in sparks.series.items()
    ]


def _chunks(values: Sequence[float | None] | Sequence[bool], size: int) -> list[Sequence[float | None]]:
    return [values[i : i + size] for i in range(0, len(values), size)]


def _bar(part: Sequence[float | None], bars: str) -> str:
    shares = [share for share in part if share is not None]
    return bars[round(fmean(shares) * (len(bars) - 1))] if shares else " "


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
