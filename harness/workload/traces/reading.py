"""Reads a trace into three small arrays: when each call came, and how long it and its answer were."""

from __future__ import annotations

import math
from array import array
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from .columns import Columns
from .errors import TraceError, broken
from .replay import Rows
from .tables import rows

MOST_BYTES = 256 << 20
MOST_ROWS = 2_000_000
MOST_TOKENS = 100_000_000
_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_FARTHEST = 1e12
"""Seconds: what is beyond is no time."""


def read(path: Path, columns: Columns, begins: float = 0.0, lasts: float = math.inf) -> Rows:
    """The calls from `begins` on, for `lasts` seconds, both after the first call of the file; their times count from
    `begins` on. Raises `TraceError`."""
    try:
        if not path.is_file():
            raise TraceError(f"{path.name}: {'is no regular file' if path.exists() else 'no such file'}")
        if path.stat().st_size > MOST_BYTES:
            raise TraceError(f"{path.name}: larger than {MOST_BYTES >> 20} MiB; cut it")
        found = _read(path, columns)
        digest = _digest(path)
    except OSError as error:
        raise TraceError(f"{path.name}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:
        if isinstance(error, TraceError):
            raise
        raise TraceError(f"{path.name!r}: not a file's name") from None  # a zero byte, for one
    at, given, made = (np.frombuffer(each, each.typecode) for each in found)
    if not len(at):
        raise TraceError(f"{path.name}: there is no call in it")
    order = np.argsort(at, kind="stable")
    since = at[order] - at[order[0]] - begins
    here = (since >= 0.0) & (since < lasts)
    if not here.any():
        raise TraceError(f"{path.name}: there is no call in that stretch of it: it lasts {since[-1] + begins:.0f} s")
    kept = order[here]
    return Rows(
        array("d", since[here].tobytes()),
        None if columns.input_tokens is None else array("q", given[kept].tobytes()),
        None if columns.output_tokens is None else array("q", made[kept].tobytes()),
        digest,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _read(path: Path, columns: Columns) -> tuple[array[float], array[int], array[int]]:
    counted = [name for name in (columns.input_tokens, columns.output_tokens) if name is not None]
    at, tokens = array("d"), {name: array("q") for name in counted}
    skips = columns.output_tokens if columns.unanswered == "skip" else None
    unit = _UNITS[columns.unit]
    for number, (when, *counts) in enumerate(rows(path, [columns.at, *counted]), 1):
        if number > MOST_ROWS:
            raise TraceError(f"{path.name}: more than {MOST_ROWS:,} rows; cut it")
        found = {name: _count(path.name, number, name, value) for name, value in zip(counted, counts, strict=True)}
        if skips is not None and found[skips] == 0:
            continue
        at.append(_seconds(path.name, number, columns.at, when, unit))
        for name, count in found.items():
            tokens[name].append(count)
    none = array("q")
    return at, tokens.get(columns.input_tokens or "", none), tokens.get(columns.output_tokens or "", none)


def _seconds(name: str, row: int, column: str, value: Any, unit: float) -> float:
    try:
        seconds = float(value) * unit
    except (TypeError, ValueError, OverflowError):
        seconds = _of_date(value)
    if not abs(seconds) < _FARTHEST:
        raise broken(name, row, column, "a number, or a date with time", value)
    return seconds


def _of_date(value: Any) -> float:
    """Seconds of a date, in UTC unless it says otherwise; not a number for what is none."""
    try:
        date = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _count(name: str, row: int, column: str, value: Any) -> int:
    try:
        count = float(value)
    except (TypeError, ValueError, OverflowError):
        count = math.nan
    if isinstance(value, bool) or not 0.0 <= count <= MOST_TOKENS or count != int(count):
        raise broken(name, row, column, "a count of tokens", value)
    return int(count)
