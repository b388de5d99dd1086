"""A log as a table: CSV, lines of JSON, or Parquet, one row a call. Columns say their unit: `latency_s`, `ttft_ms`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .calls import Log, LogError, Logged, broken, ending, shown
from .survival import Seen

LINES = (".jsonl", ".ndjson")
ENDINGS = (".csv", ".parquet", *LINES)
UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
LATENCY = ("latency", "duration", "elapsed")
FIRST = ("ttft", "first_token")
COUNTS = {
    "input": ("input_tokens", "tokens_in", "prompt_tokens"),
    "output": ("output_tokens", "tokens_out", "completion_tokens"),
    "most": ("max_tokens", "max_output_tokens", "max_completion_tokens"),
}
OUTCOME = ("outcome", "status", "result")
Row = Mapping[str, Any]


def read(path: Path) -> Log:
    """Raises `LogError`, and `OSError` where the file cannot be read."""
    rows = _rows(path)
    if not rows:
        raise LogError(f"{path}: there is no call in it")
    columns = list(rows[0])
    latency = _timed(path, columns, LATENCY)
    if latency is None:
        raise LogError(f'{path}: expected a column "latency_s" or "latency_ms", got {shown(", ".join(columns))}')
    first = _timed(path, columns, FIRST)
    outcome = _named(columns, OUTCOME)
    counts = {what: _named(columns, names) for what, names in COUNTS.items()}
    calls = []
    for number, row in enumerate(rows, 1):
        end = ending(_text(row.get(outcome or "", "")))
        if end == "failed":
            continue
        where = f"row {number}"
        seconds = _number(path, where, row, *latency)
        if seconds is None or seconds <= 0.0:
            raise broken(path, where, "a latency of more than 0")
        calls.append(
            Logged(
                Seen(seconds, end == "whole"),
                None if first is None else _number(path, where, row, *first),
                *(_count(path, where, row, counts[what]) for what in ("input", "output", "most")),
            )
        )
    return Log(calls, len(rows) - len(calls))


def _rows(path: Path) -> list[Row]:
    import pandas as pd

    ending = path.suffix.lower()
    try:
        if ending in LINES:
            frame = pd.read_json(path, lines=True)
        elif ending == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path)
    except ImportError:
        raise LogError(f"{path}: Parquet needs pyarrow: pip install 'brownout[parquet]'") from None
    except OSError:
        raise
    except Exception as error:  # whatever a parser raises of a file of somebody's
        said = shown(str(error).splitlines()[0]) if str(error) else "broken"
        raise LogError(f"{path}: is no {ending[1:]}: {said}") from None
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _named(columns: Iterable[str], names: Iterable[str]) -> str | None:
    return next((name for name in names if name in columns), None)


def _timed(path: Path, columns: Iterable[str], names: Iterable[str]) -> tuple[str, float] | None:
    """The column, and seconds in its unit."""
    for name in names:
        for unit, seconds in UNITS.items():
            if f"{name}_{unit}" in columns:
                return f"{name}_{unit}", seconds
        if name in columns:
            raise LogError(f'{path}: column "{name}" does not say its unit: call it "{name}_s" or "{name}_ms"')
    return None


def _number(path: Path, where: str, row: Row, column: str, unit: float) -> float | None:
    value = row.get(column)
    try:
        number = math.nan if value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        raise broken(path, f"{where}: {column}", "a number", value) from None
    if math.isinf(number):
        raise broken(path, f"{where}: {column}", "a number", value)
    return None if math.isnan(number) else number * unit


def _count(path: Path, where: str, row: Row, column: str | None) -> int | None:
    found = None if column is None else _number(path, where, row, column, 1.0)
    if found is not None and found < 0.0:
        raise broken(path, f"{where}: {column}", "a count", found)
    return None if found is None else round(found)


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)
