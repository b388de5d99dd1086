"""Adaptive throttling: when the service refuses most of what a client sends, the client refuses some of it itself."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ..call import Call
from ..causes import Cause, is_any_of
from ..effects import Run, Steps
from ..layer import Layer, Site
from ..outcome import Outcome
from ..windows import Sums

REFUSED = Outcome("rejected", detail="throttle")


class Throttle(Layer):
    """Refuses a call with probability (requests - `k` x accepted) / (requests + 1), by what was asked for and what was
    accepted in the last `window`. With `k: 2` the service still sees about as many requests again as it accepts, so
    that it is noticed when it recovers. Not accepted is what is listed in `on`."""

    name: ClassVar[str] = "throttle"
    example: ClassVar[dict[str, Any]] = {"k": 2, "window": "2m"}
    k: Annotated[float, Field(ge=1)] = 2.0
    window: Annotated[Duration, Field(gt=0)] = 120.0
    on: tuple[Cause, ...] = ("rate_limit", "overloaded", "server_error", "timeout", "connection")

    def wrap(self, inner: Run, site: Site) -> Run:
        seen = Sums(self.window, "requests", "accepted")
        is_refusal = is_any_of(self.on)

        def run(call: Call) -> Steps:
            now = site.now()
            chance = self.chance(*seen.of_window(now))
            seen.add(now, requests=1)
            if chance > 0.0 and call.draw("throttle") < chance:
                return REFUSED
            outcome: Outcome = yield from inner(call)
            if not is_refusal(outcome):
                seen.add(site.now(), accepted=1)
            return outcome

        return run

    def chance(self, requests: int, accepted: int) -> float:
        """That the next call is refused."""
        return max(0.0, (requests - self.k * accepted) / (requests + 1))
