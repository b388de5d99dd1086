"""A log of calls: CSV, lines of JSON, or Parquet, one row a call. Columns say their unit: `latency_s`, `ttft_ms`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .survival import Seen

UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
LATENCY = ("latency", "duration", "elapsed")
FIRST = ("ttft", "first_token")
INPUT, OUTPUT = ("input_tokens", "tokens_in", "prompt_tokens"), ("output_tokens", "tokens_out", "completion_tokens")
OUTCOME = ("outcome", "status", "result")
WHOLE = frozenset({"", "ok", "success", "200", "200.0", "true", "1", "end_turn"})
GIVEN_UP = frozenset({"timeout", "timed_out", "deadline", "cancelled", "canceled", "abandoned", "apitimeouterror"})


class LogError(ValueError):
    """A file that is no log of calls; the message says what was expected."""


class Logged(NamedTuple):
    """One call. Seconds; None where the log does not say."""

    latency: Seen
    first_token: float | None
    input_tokens: int | None
    output_tokens: int | None


class Log(NamedTuple):
    """Calls that ended or were given up; `left_out` counts those that failed, whose latency says nothing."""

    calls: list[Logged]
    left_out: int


def read(path: Path) -> Log:
    """Raises `LogError`, and `OSError` where the file cannot be read."""
    rows = list(_rows(path))
    if not rows:
        raise LogError(f"{path}: there is no call in it")
    columns = list(rows[0])
    latency = _timed(path, columns, LATENCY)
    if latency is None:
        raise LogError(f'{path}: expected a column "latency_s" or "latency_ms", got {", ".join(columns)}')
    first = _timed(path, columns, FIRST)
    names = {which: next((name for name in which if name in columns), None) for which in (INPUT, OUTPUT, OUTCOME)}
    calls = []
    for number, row in enumerate(rows, 1):
        outcome = _text(row.get(names[OUTCOME] or "", "")).lower()
        if outcome not in WHOLE | GIVEN_UP:
            continue
        seconds = _number(path, number, row, *latency)
        if seconds is None or seconds <= 0.0:
            raise LogError(f"{path}: row {number}: expected a latency of more than 0")
        calls.append(
            Logged(
                Seen(seconds, outcome in WHOLE),
                None if first is None else _number(path, number, row, *first),
                _count(path, number, row, names[INPUT]),
                _count(path, number, row, names[OUTPUT]),
            )
        )
    return Log(calls, len(rows) - len(calls))


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    import pandas as pd

    ending = path.suffix.lower()
    try:
        if ending in (".jsonl", ".ndjson"):
            frame = pd.read_json(path, lines=True)
        elif ending == ".parquet":
            frame = pd.read_parquet(path)
        elif ending == ".csv":
            frame = pd.read_csv(path)
        else:
            raise LogError(f"{path}: expected .csv, .jsonl or .parquet")
    except ImportError:
        raise LogError(f"{path}: Parquet needs pyarrow: pip install 'brownout[parquet]'") from None
    except (OSError, LogError):
        raise
    except Exception as error:  # whatever a parser raises of a file of somebody's
        said = str(error).splitlines()[0] if str(error) else "broken"
        raise LogError(f"{path}: is no {ending[1:]}: {said}") from None
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _timed(path: Path, columns: Iterable[str], names: Iterable[str]) -> tuple[str, float] | None:
    """The column, and seconds in its unit."""
    for name in names:
        for unit, seconds in UNITS.items():
            if f"{name}_{unit}" in columns:
                return f"{name}_{unit}", seconds
        if name in columns:
            raise LogError(f'{path}: column "{name}" does not say its unit: call it "{name}_s" or "{name}_ms"')
    return None


def _number(path: Path, number: int, row: Mapping[str, Any], column: str, unit: float) -> float | None:
    value = row.get(column)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    try:
        return float(value) * unit
    except (TypeError, ValueError):
        raise LogError(f'{path}: row {number}: {column}: expected a number, got "{value}"') from None


def _count(path: Path, number: int, row: Mapping[str, Any], column: str | None) -> int | None:
    found = None if column is None else _number(path, number, row, column, 1.0)
    return None if found is None else round(found)


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value).strip()
