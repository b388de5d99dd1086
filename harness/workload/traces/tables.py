"""The rows of a trace, one after the other, of a few columns: CSV, lines of JSON, or Parquet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from .errors import TraceError

LINES = (".jsonl", ".ndjson")
ENDINGS = (".csv", *LINES, ".parquet")
_LONGEST = 1 << 20
"""Bytes of a line of JSON."""
Row = Sequence[Any]


def rows(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """The values of those columns in each row. Raises `TraceError`, and `OSError` where the file cannot be read."""
    ending = path.suffix.lower()
    if ending == ".csv":
        return _csv(path, columns)
    if ending in LINES:
        return _lines(path, columns)
    if ending == ".parquet":
        return _parquet(path, columns)
    raise TraceError(f"{path.name}: expected a file that ends in {', '.join(ENDINGS)}")


def _check(path: Path, columns: Sequence[str], there: Sequence[str]) -> None:
    for column in columns:
        if column not in there:
            shown = ", ".join(map(str, there[:20]))
            raise TraceError(f'{path.name}: expected a column "{column}", and there is {shown or "none"}'[:500])


def _csv(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.reader(file)
            head = [name.strip() for name in next(table, [])]
            _check(path, columns, head)
            places = [head.index(column) for column in columns]
            for row in table:
                if not row:
                    continue  # an empty line
                number += 1
                yield [row[place].strip() if place < len(row) else None for place in places]
    except csv.Error as error:
        raise TraceError(f"{path.name}: row {number + 1}: {error}") from None
    except UnicodeDecodeError as error:
        raise TraceError(f"{path.name}: row {number + 1} or after: not UTF-8: {error.reason}") from None


def _lines(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    number = 0
    with path.open("rb") as file:
        while line := file.readline(_LONGEST + 1):
            if len(line) > _LONGEST:
                raise TraceError(f"{path.name}: row {number + 1}: longer than {_LONGEST >> 20} MiB")
            if not line.strip():
                continue
            number += 1
            try:
                found = orjson.loads(line)
            except ValueError as error:
                raise TraceError(f"{path.name}: row {number}: not JSON: {error}") from None
            if not isinstance(found, dict):
                raise TraceError(f"{path.name}: row {number}: expected an object of JSON")
            if number == 1:
                _check(path, columns, list(found))
            yield [found.get(column) for column in columns]


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    try:
        from pyarrow import parquet
    except ImportError:
        raise TraceError(f"{path.name}: Parquet needs pyarrow: pip install 'brownout[parquet]'") from None
    try:
        file = parquet.ParquetFile(path)
        there = list(file.schema_arrow.names)
    except OSError:
        raise
    except Exception as error:  # whatever a parser raises of a file of somebody's
        raise TraceError(f"{path.name}: is no Parquet: {error}".splitlines()[0]) from None
    _check(path, columns, there)
    try:
        for batch in file.iter_batches(columns=list(columns)):
            yield from zip(*(batch.column(column).to_pylist() for column in columns), strict=True)
    except Exception as error:
        raise TraceError(f"{path.name}: is broken Parquet: {error}".splitlines()[0]) from None
