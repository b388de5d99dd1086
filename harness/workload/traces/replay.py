"""The calls of a trace as they are played again: faster, and more or fewer of them."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

import numpy as np

MOST_CALLS = 10_000_000


@dataclass(frozen=True, slots=True)
class Rows:
    """What was recorded, in the order of time."""

    at: array[float]
    """Seconds."""
    input_tokens: array[int] | None
    output_tokens: array[int] | None
    """None where the trace does not say."""
    sha256: str
    """Of the file."""
    name: str = field(init=False, compare=False)
    """A hash of all that is in it: equal rows have one name, in every process."""

    def __post_init__(self) -> None:
        digest = sha256(self.sha256.encode())
        for column in (self.at, self.input_tokens, self.output_tokens):
            digest.update(f"{column is None}{0 if column is None else len(column)};".encode())
            digest.update(b"" if column is None else column)
        object.__setattr__(self, "name", digest.hexdigest())


class Played(NamedTuple):
    """What is called, in the order of time."""

    at: array[float]
    input_tokens: array[int] | None
    output_tokens: array[int] | None


def replay(rows: Rows, rate: float, speed: float) -> Played:
    """`speed`: how many seconds of the trace are played in one; `rate`: how often each of its calls is made. Below one
    calls are left out evenly, and in between every so often one is made once more; what is made several times is spread
    evenly up to the call that follows. No draw decides: a trace is the same under every seed."""
    at = np.frombuffer(rows.at) / speed
    if rate == 1.0:
        return Played(array("d", at.tobytes()), rows.input_tokens, rows.output_tokens)
    upto = np.floor(np.arange(len(at) + 1) * rate).astype(np.int64)
    times = np.diff(upto)
    which = np.repeat(np.arange(len(at)), times)
    nth = np.arange(len(which)) - upto[which]
    gaps = np.diff(at, append=at[-1])
    spread = at[which] + gaps[which] * nth / times[which]
    return Played(array("d", spread.tobytes()), _taken(rows.input_tokens, which), _taken(rows.output_tokens, which))


def _taken(counts: array[int] | None, which: np.ndarray[tuple[int], np.dtype[np.int64]]) -> array[int] | None:
    return None if counts is None else array("q", np.frombuffer(counts, np.int64)[which].tobytes())
