"""A log as a table: CSV, lines of JSON, or Parquet, one row a call. Columns say their unit: `latency_s`, `ttft_ms`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .calls import Log, LogError, Logged, broken, ending, shown
from .columns import Column, columns, reading
from .survival import Seen

LINES = (".jsonl", ".ndjson")
ENDINGS = (".csv", ".parquet", *LINES)
Row = Mapping[str, Any]


def read(path: Path, named: Mapping[str, str]) -> Log:
    """Raises `LogError`, and `OSError` where the file cannot be read. `named`: columns as `columns` takes them."""
    rows = _rows(path)
    if not rows:
        raise LogError(f"{path}: there is no call in it")
    found = columns(path, list(rows[0]), named)
    calls = []
    for number, row in enumerate(rows, 1):
        end = ending(_text(row[found["outcome"].name])) if "outcome" in found else "whole"
        if end == "failed":
            continue
        where = f"row {number}"
        seconds = _number(path, where, row, found["latency"])
        if seconds is None or seconds <= 0.0:
            raise broken(path, where, "a latency of more than 0")
        calls.append(
            Logged(
                Seen(seconds, end == "whole"),
                _number(path, where, row, found.get("first_token")),
                *(_count(path, where, row, found.get(f"{what}_tokens")) for what in ("input", "output", "max")),
            )
        )
    return Log(calls, len(rows) - len(calls), reading(list(rows[0]), found, calls))


def _rows(path: Path) -> list[Row]:
    import pandas as pd

    ending = path.suffix.lower()
    if ending == ".csv":
        _check_commas(path)
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


def _check_commas(path: Path) -> None:
    """A spreadsheet writes other separators where a comma stands in numbers, and a parser finds one column in that."""
    header = first_line(path)
    for mark, name in ((b";", "semicolons"), (b"\t", "tabs")):
        if mark in header and b"," not in header:
            raise LogError(f"{path}: expected columns separated by commas, got {name}: save it with commas")


def first_line(path: Path) -> bytes:
    """That says anything; nothing of an empty file."""
    with path.open("rb") as file:
        return next((line for line in file if line.strip()), b"")


def _number(path: Path, where: str, row: Row, column: Column | None) -> float | None:
    if column is None:
        return None
    value, name = row[column.name], column.name
    try:
        number = math.nan if value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        raise broken(path, f"{where}: {name}", "a number", value) from None
    if math.isinf(number):
        raise broken(path, f"{where}: {name}", "a number", value)
    return None if math.isnan(number) else number * column.unit


def _count(path: Path, where: str, row: Row, column: Column | None) -> int | None:
    found = _number(path, where, row, column)
    if column is not None and found is not None and found < 0.0:
        raise broken(path, f"{where}: {column.name}", "a count", found)
    return None if found is None else round(found)


def _text(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value)
