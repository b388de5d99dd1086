"""What a log says of how long answers are and took, as arrays; and where it says too little to tell one by the other.

A call that was given up has no length, only that it is no longer than `max_tokens`. Left out it would take the slowest
with it, for long answers are likelier to be given up; so its length is one of those that were seen, each as likely as
the fit finds. What had come by then is left alone: it depends on how slow the call was, and to take it for no more than
the least length would make calls quicker than they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .calls import Logged
from .fit import FEWEST
from .survival import TooFewData

POINTS = 64
"""Lengths that a call of unknown length may have; where more were seen, means of as many classes of them."""
_LIMITS = 256
_COARSE = 50.0
"""Where calls were given up at more than 256 moments, these are rounded to 2%: calls differ by tens."""
Values = npt.NDArray[np.float64]


class Lengths(NamedTuple):
    """Of calls that ended `seconds`, as logarithms, and `tokens`. `support` are the lengths that others may have, and
    `counts` how many that ended have each. Of those given up `limits`, as logarithms, how many calls each stands for
    (`weights`), and which of the support it may have (`may_be`, a row a limit)."""

    seconds: Values
    tokens: Values
    support: Values
    counts: Values
    limits: Values
    weights: Values
    may_be: npt.NDArray[np.bool_]


def lengths(calls: Sequence[Logged]) -> Lengths:
    """Raises `TooFewData` for fewer than 20 calls that ended and say how long they are, and where these do not differ
    in length."""
    ended = [call for call in calls if call.latency.is_whole]
    known = [call for call in ended if call.output_tokens is not None]
    if len(known) < FEWEST:
        raise TooFewData(
            f"too few data: {FEWEST} calls that ended with output_tokens are needed, there are {len(known)}"
        )
    seconds = np.log([call.latency.seconds for call in known])
    tokens = np.array([call.output_tokens for call in known], dtype=float)
    support, counts = _support(tokens)
    if len(support) < 2:
        raise TooFewData(
            f"too few data: every answer has {tokens[0]:.0f} output tokens; what a token takes can only be told from "
            "answers of different lengths"
        )
    # Who leaves out calls of unknown length that ended has to leave out as many of those that were given up.
    share = len(known) / len(ended)
    limits, weights, may_be = _given_up([call for call in calls if not call.latency.is_whole], support)
    return Lengths(seconds, tokens, support, counts, limits, share * weights, may_be)


def _support(tokens: Values) -> tuple[Values, Values]:
    distinct, counts = np.unique(tokens, return_counts=True)
    if len(distinct) <= POINTS:
        return distinct, counts.astype(float)
    # Even steps of the logarithm: who is given up is long, and the longest are few.
    logs = np.log1p(tokens)
    steps = np.floor((logs - logs.min()) / (logs.max() - logs.min()) * POINTS)
    _, places = np.unique(np.minimum(steps, POINTS - 1), return_inverse=True)
    counts = np.bincount(places)
    return np.bincount(places, weights=tokens) / counts, counts.astype(float)


def _given_up(calls: Sequence[Logged], support: Values) -> tuple[Values, Values, npt.NDArray[np.bool_]]:
    times = np.log([call.latency.seconds for call in calls]) if calls else np.array([])
    if len(np.unique(times)) > _LIMITS:
        times = np.round(times * _COARSE) / _COARSE
    groups = Counter((float(time), _last(call, support)) for time, call in zip(times, calls, strict=True))
    at = np.arange(len(support))
    may_be = np.array([at <= last for _, last in groups], dtype=bool).reshape(-1, len(support))
    return np.array([time for time, _ in groups]), np.array([*groups.values()], dtype=float), may_be


def _last(call: Logged, support: Values) -> int:
    """Of the support that it may have; the first where none is short enough."""
    if call.max_tokens is None:
        return len(support) - 1
    return max(int(np.searchsorted(support, call.max_tokens, side="right")) - 1, 0)
