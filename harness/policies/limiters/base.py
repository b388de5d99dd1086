"""What every limiter is: parameters from a client file, and a token bucket whose rate it may change."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Pace:
    """A token bucket. Who finds it empty takes a token that is yet to come, and waits for it: first come, first served.

    `now` is in seconds, and does not go back. A rate of infinity lets everything through."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        """Tokens a second."""
        self._burst = burst
        self._tokens = burst
        self._last: float | None = None

    def reserve(self, now: float, max_wait: float | None = None) -> float | None:
        """Seconds until its token is there; None, and no token taken, if these are more than `max_wait`."""
        self._fill(now)
        wait = max(0.0, (1.0 - self._tokens) / self.rate)
        if max_wait is not None and wait > max_wait:
            return None
        self._tokens -= 1.0
        return wait

    def give_back(self) -> None:
        """A token that was reserved is not needed."""
        self._tokens = min(self._burst, self._tokens + 1.0)

    def succeeded(self, now: float) -> None:
        """A call was answered."""

    def throttled(self, now: float) -> None:
        """The service said that this was too much."""

    def _fill(self, now: float) -> None:
        if self._last is not None and self._tokens < self._burst:
            self._tokens = min(self._burst, self._tokens + (now - self._last) * self.rate)
        self._last = now


class Limiter(BaseModel):
    """A way to pace. Its name in files is `name`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    example: ClassVar[dict[str, Any]]

    def open(self) -> Pace:
        """The state: one for each client."""
        raise NotImplementedError
