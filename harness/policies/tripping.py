"""When a breaker opens: after failures in a row, or when too many of the last calls failed or were slow."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from brownout.fakes.units import Duration, Share

from .windows import Sums


class Trip(Protocol):
    """What a closed breaker remembers."""

    def count(self, is_failure: bool, began: float, now: Callable[[], float]) -> bool:
        """A call that began then has ended: whether the breaker opens."""

    def clear(self) -> None:
        """Forget everything: the breaker has closed again."""


class Window(BaseModel):
    """The last `calls` calls, or those of the last `time`. The breaker opens when `failure_rate` of them failed, or
    `slow_rate` took longer than `slow`, as soon as there are `minimum` of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    calls: Annotated[int | None, Field(gt=0, le=100_000)] = None
    time: Annotated[Duration | None, Field(gt=0)] = None
    minimum: Annotated[int, Field(gt=0)] = 10
    failure_rate: Annotated[Share, Field(gt=0, le=1)] = 0.5
    slow: Annotated[Duration | None, Field(gt=0)] = None
    slow_rate: Annotated[Share, Field(gt=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _one_of_both(self) -> Window:
        if (self.calls is None) is (self.time is None):
            raise ValueError('expected either "calls" or "time"')
        if self.calls is not None and self.minimum > self.calls:
            raise ValueError(f'"minimum" is {self.minimum}, and the window has only {self.calls} calls')
        return self

    def trip(self) -> Trip:
        """Nothing seen yet."""
        return OfCalls(self, self.calls) if self.calls is not None else OfTime(self, self.time or 0.0)

    def is_too_bad(self, calls: int, failed: int, slow: int) -> bool:
        """Whether these are enough of too bad calls."""
        if calls < self.minimum:
            return False
        return failed >= self.failure_rate * calls or (self.slow is not None and slow >= self.slow_rate * calls)

    def is_slow(self, began: float, now: Callable[[], float]) -> bool:
        return self.slow is not None and now() - began > self.slow


class InARow:
    """Opens at the `limit`-th failure since the last success."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._failures = 0

    def count(self, is_failure: bool, began: float, now: Callable[[], float]) -> bool:
        self._failures = self._failures + 1 if is_failure else 0
        return self._failures >= self._limit

    def clear(self) -> None:
        self._failures = 0


class OfCalls:
    """Looks at so many calls."""

    def __init__(self, window: Window, size: int) -> None:
        self._window = window
        self._last: deque[tuple[bool, bool]] = deque(maxlen=size)
        self._failed = self._slow = 0

    def count(self, is_failure: bool, began: float, now: Callable[[], float]) -> bool:
        last, is_slow = self._last, self._window.is_slow(began, now)
        if len(last) == last.maxlen:
            failed, slow = last[0]
            self._failed -= failed
            self._slow -= slow
        last.append((is_failure, is_slow))
        self._failed += is_failure
        self._slow += is_slow
        return self._window.is_too_bad(len(last), self._failed, self._slow)

    def clear(self) -> None:
        self._last.clear()
        self._failed = self._slow = 0


class OfTime:
    """Looks at the calls that ended within so many seconds."""

    def __init__(self, window: Window, seconds: float) -> None:
        self._window = window
        self._seen = Sums(seconds, "calls", "failed", "slow")

    def count(self, is_failure: bool, began: float, now: Callable[[], float]) -> bool:
        ended = now()
        self._seen.add(ended, calls=1, failed=is_failure, slow=self._window.is_slow(began, now))
        return self._window.is_too_bad(*self._seen.of_window(ended))

    def clear(self) -> None:
        self._seen.clear()
