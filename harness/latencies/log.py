"""A log of calls, in whatever format it is: a table with a row a call, or the traces of OpenTelemetry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from . import otlp, tables
from .calls import Log, LogError

__all__ = ["FORMATS", "Log", "LogError", "read"]

FORMATS = ".csv, .jsonl, .parquet, or .json of OpenTelemetry"
USUAL: Mapping[str, str] = MappingProxyType({})
"""Columns by the names that logs have for them."""


def read(path: Path, columns: Mapping[str, str] = USUAL) -> Log:
    """`columns`: those of a table that are named otherwise, `latency` -> `total_ms`. Raises `LogError`, and `OSError`
    where the file cannot be read."""
    ending = path.suffix.lower()
    if ending not in (".json", *tables.ENDINGS):
        raise LogError(f"{path}: expected {FORMATS}")
    first = tables.first_line(path)
    if not first:
        raise LogError(f"{path}: is empty")
    if ending != ".json" and not (ending in tables.LINES and b'"resourceSpans"' in first):
        return tables.read(path, columns)
    if columns:
        raise LogError(f"{path}: traces have no columns that could be named")
    return otlp.read(path)
