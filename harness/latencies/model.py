"""What a log says of a service: its latency as a scenario has it, a share that hangs, and how long to wait for what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from ..statistics import Interval
from .by_length import ByLength, fit_by_length
from .calls import Log, Logged, Read
from .fit import FEWEST, Fit, fit
from .survival import Seen, TooFewData, survival

QUANTILES = (0.5, 0.95, 0.99)
FARTHEST = 0.15
"""The distance from which a fit is bad, and nothing is said by it."""


class Tokens(NamedTuple):
    """How long the answers are that ended: in the middle, and the longest but 5%."""

    median: int
    p95: int


class Quantile(NamedTuple):
    """In seconds, with its interval; None is beyond what was waited for. `refused` says why there is none at all."""

    value: float | None
    low: float | None
    high: float | None
    refused: str = ""


@dataclass(frozen=True)
class Model:
    """`whole` is fitted always, whatever the answers' lengths; `first_token` and `token_gap` where the log has tokens
    and first tokens, `by_length` where it has tokens; else, or where it fits badly, `unfitted` says why not."""

    calls: int
    given_up: int
    left_out: int
    whole: Fit
    first_token: Fit | None
    token_gap: Fit | None
    by_length: ByLength | None
    unfitted: str
    output_tokens: Tokens | None
    quantiles: dict[str, Quantile]
    """By their names, `p99`."""
    read: Read | None = None
    """Of a table, its columns."""

    @property
    def hanging(self) -> Interval:
        """The share of calls that never end; told from long answers where their lengths are known."""
        return self.whole.hangs if self.by_length is None or self.unfitted else self.by_length.hangs

    @property
    def hangs(self) -> float:
        """The same as one figure."""
        return self.hanging.mean

    def read_timeout(self, max_tokens: int, q: float = 0.99) -> Interval:
        """Seconds that the share `q` of answers of that length does not exceed, without streaming, of those that end.
        Raises `ValueError` where the log does not tell."""
        if self.by_length is None or self.unfitted:
            raise ValueError(self.unfitted)
        return self.by_length.time(max_tokens, q)

    def streamed(self, q: float = 0.99) -> tuple[Interval, Interval] | None:
        """The same of first tokens, and of the gaps between tokens as an answer has them on average; None where the log
        has no first tokens, or they fit badly."""
        parts = self.first_token, self.token_gap
        if parts[0] is None or parts[1] is None or max(part.distance for part in parts if part) > FARTHEST:
            return None
        return _quantile_of(parts[0], q), _quantile_of(parts[1], q)


def model(log: Log) -> Model:
    """Raises `ValueError` for fewer calls than a distribution needs."""
    seen = [call.latency for call in log.calls]
    streamed = [call for call in log.calls if _has_tokens(call)]
    firsts = [Seen(call.first_token) for call in streamed if call.first_token]
    gaps = [Seen((call.latency.seconds - (call.first_token or 0.0)) / (call.output_tokens or 1)) for call in streamed]
    is_enough = len(streamed) >= FEWEST
    whole = fit(seen)
    by_length, unfitted = _by_length(log.calls)
    return Model(
        len(seen),
        sum(not call.is_whole for call in seen),
        log.left_out,
        whole,
        fit(firsts) if is_enough else None,
        fit(gaps) if is_enough else None,
        by_length,
        unfitted,
        _tokens(log.calls),
        {f"p{q * 100:g}": _quantile(seen, q) for q in QUANTILES},
        log.read,
    )


def _quantile_of(part: Fit, q: float) -> Interval:
    """Of what was never given up: there the errors of the median and of sigma do not depend on each other."""
    value, z = part.quantile(q), NormalDist().inv_cdf(q)
    by_median, by_sigma = (math.log((each.high or each.mean) / each.mean) for each in (part.median, part.sigma))
    factor = math.exp(math.hypot(by_median, z * part.sigma.mean * by_sigma))
    return Interval(value, value / factor, value * factor)


def _by_length(calls: Sequence[Logged]) -> tuple[ByLength | None, str]:
    try:
        found = fit_by_length(calls)
    except TooFewData as error:
        return None, str(error)
    if found.distance <= FARTHEST:
        return found, ""
    return found, f"latency by length fits badly: {found.distance:.2f} off, where {FARTHEST} is too much"


def _tokens(calls: Sequence[Logged]) -> Tokens | None:
    found = sorted(call.output_tokens for call in calls if call.latency.is_whole and call.output_tokens is not None)
    if not found:
        return None
    return Tokens(*(found[max(math.ceil(q * len(found)) - 1, 0)] for q in (0.5, 0.95)))


def _has_tokens(call: Logged) -> bool:
    if not call.latency.is_whole or not call.first_token or not call.output_tokens:
        return False
    return call.latency.seconds > call.first_token > 0.0


def _quantile(seen: Sequence[Seen], q: float) -> Quantile:
    try:
        found = survival(seen).quantile(q)
    except TooFewData as error:
        return Quantile(None, None, None, str(error))
    value, low, high = (each if math.isfinite(each) else None for each in found)
    return Quantile(value, low, high)
