"""Calls as a log tells them, whatever its format, and what its words say of how a call ended."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..printable import escaped
from .survival import Seen

WHOLE = frozenset({"", "ok", "success", "200", "200.0", "true", "1", "end_turn"})
GIVEN_UP = frozenset({"timed_out", "deadline", "deadline_exceeded", "deadlineexceeded", "cancelled", "canceled"})
_SHOWN = 60
"""Signs of a file of somebody's that a message quotes."""

Ending = Literal["whole", "given up", "failed"]


class LogError(ValueError):
    """A file that is no log of calls; the message says what was expected."""


class Logged(NamedTuple):
    """One call. Seconds; None where the log does not say. The `output_tokens` of a call that was given up are at the
    best those that had come by then."""

    latency: Seen
    first_token: float | None
    input_tokens: int | None
    output_tokens: int | None
    max_tokens: int | None


class Read(NamedTuple):
    """The columns of a table that were read, those that were not, and what may be wrong with that."""

    used: tuple[str, ...]
    unused: tuple[str, ...]
    doubts: tuple[str, ...]


class Log(NamedTuple):
    """Calls that ended or were given up; `left_out` counts those that failed, whose latency says nothing. `read` is
    None of traces, whose attributes have one name each."""

    calls: list[Logged]
    left_out: int
    read: Read | None = None


def ending(word: str) -> Ending:
    """Of an outcome or the name of an error: `ok`, `timeout`, `httpx.ReadTimeout`, `overloaded_error`."""
    said = word.strip().lower()
    if said in WHOLE:
        return "whole"
    name = re.split(r"[.:/]", said)[-1]
    name = re.sub(r"_?(error|exception)$", "", name) or name
    return "given up" if name.endswith("timeout") or name in GIVEN_UP | {"abandoned", "abort", "aborted"} else "failed"


def broken(path: Path, where: str, expected: str, got: Any = None) -> LogError:
    """The error of a file, in one line whatever is in it."""
    return LogError(f"{path}: {where}: expected {expected}" + ("" if got is None else f', got "{shown(got)}"'))


def shown(value: Any) -> str:
    """As a message quotes it."""
    text = str(value)
    return escaped(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
