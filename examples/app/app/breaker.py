"""A circuit breaker: after some failures in a row the service is left alone for a while, then tried with one call."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import FAILURES, BreakerOpen


class Breaker:
    """Closed; open after so many failures in a row; half-open, for a single call, whenever `open_for` has passed."""

    def __init__(self, failures: int, open_for: float) -> None:
        self.limit = failures
        self.open_for = open_for
        self.reset()

    def reset(self) -> None:
        """Forget what has happened."""
        self.failures = 0
        self.probe_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are turned away."""
        return self.failures >= self.limit

    @contextmanager
    def guard(self) -> Iterator[None]:
        """For one call. Raises `BreakerOpen` instead of letting it through."""
        if self.is_open:
            self._probe()
        try:
            yield
        except FAILURES:
            self.failures += 1
            self.probe_at = time.monotonic() + self.open_for
            raise
        self.failures = 0

    def _probe(self) -> None:
        """Let this call through if it is time, and nobody else until it has ended or another while has passed."""
        now = time.monotonic()
        if now < self.probe_at:
            raise BreakerOpen(f"the next call is let through in {self.probe_at - now:.0f} s")
        self.probe_at = now + self.open_for
