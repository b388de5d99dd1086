"""A circuit breaker: after a row of failures, refuse calls for a while, then let a few through to see."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ..call import Call
from ..effects import Expired, Run, Steps
from ..layer import Layer, Site
from ..outcome import Outcome, is_failure

OPEN = Outcome("breaker_open")


class Breaker(Layer):
    """Opens after `failures` failures in a row, refuses for `open_for`, then is half-open: `probes` calls at a time go
    through, and the first to end decides. A limit from outside that runs out is a failure of the service; a call that
    is abandoned (a lost hedge, a user who left) says nothing, and gives its probe back."""

    name: ClassVar[str] = "breaker"
    example: ClassVar[dict[str, Any]] = {"failures": 5, "open_for": "60s"}
    failures: Annotated[int, Field(gt=0)] = 5
    open_for: Annotated[Duration, Field(gt=0)] = 60.0
    probes: Annotated[int, Field(gt=0)] = 1

    def wrap(self, inner: Run, site: Site) -> Run:
        state = State(self, site)

        def run(call: Call) -> Steps:
            permit = state.enter()
            if permit is None:
                return OPEN
            try:
                outcome = yield from inner(call)
            except Expired:
                state.leave(permit, is_success=False)
                raise
            except BaseException:
                state.abandon(permit)
                raise
            if outcome.is_ok:
                state.leave(permit, is_success=True)
            elif is_failure(outcome):
                state.leave(permit, is_success=False)
            else:
                state.abandon(permit)
            return outcome

        return run


class State:
    """closed -> open -> half-open -> closed or open. A permit is the number of the period it was given in: what
    began in an earlier period has no say in this one."""

    def __init__(self, breaker: Breaker, site: Site) -> None:
        self._breaker = breaker
        self._site = site
        self._failures = 0
        self._opened_at = 0.0
        self._probes_out = 0
        self._period = 0
        self.name = "closed"

    def enter(self) -> int | None:
        """A permit to call, or None to refuse."""
        if self.name == "closed":
            return self._period
        if self.name == "open" and self._site.now() - self._opened_at >= self._breaker.open_for:
            self._turn("half-open")
        if self.name == "half-open" and self._probes_out < self._breaker.probes:
            self._probes_out += 1
            return self._period
        return None

    def leave(self, permit: int, *, is_success: bool) -> None:
        """A call has ended and speaks for or against the service."""
        if permit != self._period:
            return
        if is_success:
            self._failures = 0
            if self.name == "half-open":
                self._turn("closed")
            return
        self._failures += 1
        if self.name == "half-open" or self._failures >= self._breaker.failures:
            self._opened_at = self._site.now()
            self._turn("open")

    def abandon(self, permit: int) -> None:
        """A call has ended without saying anything."""
        if permit == self._period and self.name == "half-open":
            self._probes_out -= 1

    def _turn(self, name: str) -> None:
        self._site.turned(self.name, name, self._opened_at + self._breaker.open_for if name == "open" else None)
        self.name = name
        self._period += 1
        self._probes_out = 0
        self._failures = 0
