"""A throttle that early retries extend: "earlier retries will fail", and whoever retries early waits longer."""

from __future__ import annotations

_ROUNDING = 1e-9


class Throttle:
    """From a refusal until its `retry-after` has passed, for all requests. A retry within it starts it anew."""

    __slots__ = ("_seconds", "_until", "message")

    def __init__(self) -> None:
        self._until = self._seconds = 0.0
        self.message = ""
        """What was said when it began."""

    def wait(self, now: float, is_retry: bool) -> float:
        """The seconds until it is over; 0 when it is. Asking early is what extends it."""
        left = self._until - now
        if left <= _ROUNDING:
            return 0.0
        if not is_retry:
            return left
        self._until = now + self._seconds
        return self._seconds

    def begin(self, now: float, seconds: float, message: str) -> None:
        """Somebody was told to come back after so many seconds."""
        self._until, self._seconds, self.message = now + seconds, seconds, message
