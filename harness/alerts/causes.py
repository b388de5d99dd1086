"""Whose it is when an alert fires: the service's, or one's own prompts'. By what has risen against what was usual."""

from __future__ import annotations

import math

from ..monitoring.tick import Tick
from ..troubles import Cause
from .signal import Sums, signal

USUAL, LATELY, NOW = 14 * 86_400.0, 86_400.0, 900.0
"""Seconds that figures are remembered for: what is usual is what was so for weeks, what is asked for changes in days,
and the service in minutes."""
GROWN = 0.08
"""Natural logarithm of the growth of prompts or answers from which they may be the cause: by a twelfth."""
ERRORS = 0.02
"""Of the calls: more errors than usual, other than the client's own limits, are the service's."""


class Fading:
    """A ratio of sums in which what was fades, to a third after `seconds`."""

    __slots__ = ("_keeps", "bottom", "top")

    def __init__(self, seconds: float, step: float) -> None:
        self._keeps = math.exp(-step / seconds)
        self.top = self.bottom = 0.0

    def add(self, sums: Sums) -> None:
        self.top = self.top * self._keeps + sums[0]
        self.bottom = self.bottom * self._keeps + sums[1]

    @property
    def ratio(self) -> float:
        return self.top / self.bottom if self.bottom > 0.0 else 0.0


class _Against:
    """One figure as it is, and as it is usually."""

    __slots__ = ("_now", "_of", "_usual")

    def __init__(self, of: str, lately: float, step: float) -> None:
        self._of = signal(of).of
        self._now, self._usual = Fading(lately, step), Fading(USUAL, step)

    def add(self, tick: Tick) -> None:
        sums = self._of(tick)
        self._now.add(sums)
        self._usual.add(sums)

    @property
    def rise(self) -> float:
        """Natural logarithm."""
        now, usual = self._now.ratio, self._usual.ratio
        return math.log(now / usual) if now > 0.0 and usual > 0.0 else 0.0


class Causes:
    """Is shown every tick, and asked when an alert fires."""

    def __init__(self, step: float) -> None:
        self._tokens = [_Against(of, LATELY, step) for of in ("answer_tokens", "prompt_tokens")]
        self._per_token = _Against("seconds_per_token", NOW, step)
        self._errors, self._errors_usual = Fading(NOW, step), Fading(USUAL, step)

    def add(self, tick: Tick) -> None:
        """A tick is over."""
        for each in (*self._tokens, self._per_token):
            each.add(tick)
        sums = (tick.failed - tick.timed_out, tick.calls)
        self._errors.add(sums)
        self._errors_usual.add(sums)

    @property
    def cause(self) -> Cause:
        """Prompts, if they or their answers have grown, by more than the time for each token has, and nothing else is
        the matter."""
        grown = max(each.rise for each in self._tokens)
        if self._errors.ratio > self._errors_usual.ratio + ERRORS:
            return "service"
        return "prompts" if grown > GROWN and grown > self._per_token.rise else "service"
