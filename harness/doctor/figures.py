"""The arithmetic of a stack: how many requests a call comes to, and how long it goes on, when every one of them ends
in the same way. Pure functions, written apart from the engine, so that the simulator can be held against them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..policies.effects import Timeouts
from ..policies.layer import Layer
from ..policies.outcome import Outcome
from .walk import Enough, Walk

SILENT = Outcome("timeout", phase="read")
"""A request that was taken and never answered."""
OVERLOADED = Outcome("status", status=529)
"""One that was refused at once."""


class Spent(NamedTuple):
    """What one call came to."""

    requests: int
    seconds: float
    is_whole: bool = True
    """False where there were more than `MOST` requests, and nobody counted on."""
    ends: str = ""
    """The kind of outcome it ended with."""


def silence(layers: Sequence[Layer], timeouts: Timeouts, u: float = 1.0) -> Spent:
    """One call to a service that takes every request and answers none; each ends with its read timeout."""
    return spent(layers, SILENT, timeouts.read or math.inf, u)


def spent(layers: Sequence[Layer], outcome: Outcome, takes: float, u: float = 1.0) -> Spent:
    """One call of a fresh client, each of whose requests takes that many seconds and ends with that outcome. Waits are
    the shortest that jitter may make them for `u` 0, the longest for 1, the middle for 0.5."""
    walk = Walk(layers, outcome, takes, u)
    try:
        seconds, ended = walk.into(0, 0.0, math.inf, math.inf)
    except Enough:
        return Spent(walk.requests, math.inf, False)
    return Spent(walk.requests, seconds, True, ended.kind)
