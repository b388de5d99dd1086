"""Which column of a log says what: by the names that logs have for it, or as whoever asks has named it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..printable import escaped
from .calls import LogError, Logged, Read, shown

UNITS = {"s": 1.0, "seconds": 1.0, "ms": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "ns": 1e-9}
TIMES = {
    "latency": ("latency", "duration", "elapsed", "total_time", "total_latency", "response_time", "total"),
    "first_token": ("ttft", "first_token", "time_to_first_token", "first_token_latency"),
}
OTHERS = {
    "input_tokens": ("input_tokens", "tokens_in", "prompt_tokens"),
    "output_tokens": ("output_tokens", "tokens_out", "completion_tokens"),
    "max_tokens": ("max_tokens", "max_output_tokens", "max_completion_tokens"),
    "outcome": ("outcome", "status", "result"),
}
"""No name that may as well be the text of an answer, an amount of money or a limit on something else."""
FIELDS = (*TIMES, *OTHERS)
_EQUAL, _SHARE, _MORE = 3, 0.005, 2
"""Calls that take exactly the longest time are striking from so many, from this share, and from so many times as many
as take the time before it: of coarse clocks many calls take any time."""


class Column(NamedTuple):
    """By its name; `unit` in seconds, where it is a time."""

    name: str
    unit: float = 1.0


def columns(path: Path, there: Sequence[str], named: Mapping[str, str]) -> dict[str, Column]:
    """Of each of `FIELDS` that the log has, where it stands. `named`: a field -> its column, with `:ms` behind it
    where its name does not say the unit. Raises `LogError`."""
    if unknown := [field for field in named if field not in FIELDS]:
        raise LogError(f'{path}: "{shown(unknown[0])}" is none of what columns are named for: {", ".join(FIELDS)}')
    found = {}
    for field in FIELDS:
        column = _told(path, there, field, named[field]) if field in named else _known(path, there, field)
        if column is not None:
            found[field] = column
    if "latency" not in found:
        raise LogError(
            f'{path}: expected a column "latency_s" or "latency_ms", got {shown(", ".join(there))}; another is named '
            "by --column latency=NAME"
        )
    return found


def reading(there: Sequence[str], found: Mapping[str, Column], calls: Sequence[Logged]) -> Read:
    """What was read of a log, and what may be wrong with it."""
    used = [column.name for column in found.values()]
    doubts = []
    if "outcome" not in found:
        *most, last = OTHERS["outcome"]
        doubts.append(f"every call counts as answered: no column {', '.join(most)} or {last}")
        doubts += _at_a_limit([call.latency.seconds for call in calls])
    unused = [escaped(name) for name in there if name not in used]
    return Read(tuple(map(escaped, used)), tuple(unused), tuple(doubts))


def _at_a_limit(seconds: Sequence[float]) -> list[str]:
    longest = max(seconds)
    count = seconds.count(longest)
    before = max((each for each in seconds if each < longest), default=longest)
    if count < max(_EQUAL, _SHARE * len(seconds), _MORE * seconds.count(before)):
        return []
    share = f"{count:,} calls ({count / len(seconds):.1%})"
    return [f"{share} take exactly {longest:g} s, the longest time of all: they look like timeouts"]


def _told(path: Path, there: Sequence[str], field: str, name: str) -> Column:
    column, _, unit = name.rpartition(":")
    if name in there or unit not in UNITS or field not in TIMES:
        column, unit = name, name.rpartition("_")[2]
    if column not in there:
        raise LogError(f'{path}: there is no column "{shown(column)}" for {field}; there are {shown(", ".join(there))}')
    if field in OTHERS:
        return Column(column)
    if unit not in UNITS:
        raise LogError(f'{path}: column "{shown(column)}" does not say its unit: write {field}={shown(column)}:ms')
    return Column(column, UNITS[unit])


def _known(path: Path, there: Sequence[str], field: str) -> Column | None:
    if field in OTHERS:
        return next((Column(name) for name in OTHERS[field] if name in there), None)
    for name in TIMES[field]:
        for unit, seconds in UNITS.items():
            if f"{name}_{unit}" in there:
                return Column(f"{name}_{unit}", seconds)
    for name in TIMES[field]:
        if name in there:
            raise LogError(
                f'{path}: column "{name}" does not say its unit: call it "{name}_s" or "{name}_ms", or say '
                f"--column {field}={name}:ms"
            )
    return None
