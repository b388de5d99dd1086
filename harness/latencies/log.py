"""A log of calls, in whatever format it is: a table with a row a call, or the traces of OpenTelemetry."""

from __future__ import annotations

from pathlib import Path

from . import otlp, tables
from .calls import Log, LogError

__all__ = ["FORMATS", "Log", "LogError", "read"]

FORMATS = ".csv, .jsonl, .parquet, or .json of OpenTelemetry"


def read(path: Path) -> Log:
    """Raises `LogError`, and `OSError` where the file cannot be read."""
    ending = path.suffix.lower()
    if ending == ".json" or (ending in tables.LINES and _has_spans(path)):
        return otlp.read(path)
    if ending not in tables.ENDINGS:
        raise LogError(f"{path}: expected {FORMATS}")
    return tables.read(path)


def _has_spans(path: Path) -> bool:
    """Whether lines of JSON are OpenTelemetry's: the first one shows it."""
    with path.open("rb") as file:
        first = next((line for line in file if line.strip()), b"")
    return b'"resourceSpans"' in first
