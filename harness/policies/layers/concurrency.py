"""A limit on the calls that are under way at once: a bulkhead, so that a slow service does not take all there is."""

from __future__ import annotations

from collections import deque
from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ..call import Call
from ..effects import Arm, Expired, Run, Steps, Turn, Wait
from ..layer import Layer, Site
from ..outcome import Outcome

FULL = Outcome("rejected", detail="concurrency")


class Concurrency(Layer):
    """Lets `limit` calls through at a time. Up to `queue` more wait for their turn, in order, each for at most
    `max_wait`; who finds the queue full, or has waited that long, is refused. Inside a `retry` it counts attempts, and
    those that wait to try again take no place."""

    name: ClassVar[str] = "concurrency"
    example: ClassVar[dict[str, Any]] = {"limit": 8, "queue": 100, "max_wait": "30s"}
    limit: Annotated[int, Field(gt=0)]
    queue: Annotated[int, Field(ge=0)] = 100
    max_wait: Annotated[Duration | None, Field(gt=0)] = None

    def wrap(self, inner: Run, site: Site) -> Run:
        places = Places(self.limit)

        def run(call: Call) -> Steps:
            if places.is_full and len(places.waiting) >= self.queue:
                return FULL
            turn = places.line_up()
            try:
                if not turn.has_come and (yield from self._too_late(turn)):
                    return FULL
                return (yield from inner(call))
            finally:
                places.leave(turn)

        return run

    def _too_late(self, turn: Turn) -> Any:
        """Wait; whether it was in vain."""
        if self.max_wait is None:
            yield Wait(turn)
            return False
        scope = yield Arm(self.max_wait)
        try:
            yield Wait(turn)
            return False
        except Expired as expired:
            if expired.scope is not scope:
                raise
            return not turn.has_come
        finally:
            scope.disarm()


class Places:
    """Who is in, and who waits to be."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self.waiting: deque[Turn] = deque()

    @property
    def is_full(self) -> bool:
        return self._taken >= self._limit

    def line_up(self) -> Turn:
        """A place in the line; its turn may have come already."""
        turn = Turn()
        if self.is_full:
            self.waiting.append(turn)
        else:
            self._taken += 1
            turn.comes()
        return turn

    def leave(self, turn: Turn) -> None:
        """Give the place to the next, or the one in the line up. Synchronous: it belongs in `finally`."""
        if not turn.has_come:
            self.waiting.remove(turn)
        elif self.waiting:
            self.waiting.popleft().comes()
        else:
            self._taken -= 1
