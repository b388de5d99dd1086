"""What is wrong with a trace."""

from __future__ import annotations

from ...printable import escaped

_LONGEST = 60


class TraceError(ValueError):
    """A file that is no trace; the message is one line, with the file in it, and the row, counted from 1 without the
    head, and the column where there is one."""


def broken(name: str, row: int, column: str, expected: str, value: object) -> TraceError:
    """For what stands where something else was expected."""
    text = escaped(str(value))
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    got = "nothing" if value is None or value == "" else f'"{shown}"'
    return TraceError(f"{name}: row {row}: {column}: expected {expected}, got {got}")
