"""One limit on a whole call: every attempt, every wait between them, every byte of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ..call import Call
from ..effects import Arm, Expired, Run, Steps
from ..layer import Layer, Site
from ..outcome import Outcome


class Deadline(Layer):
    """Ends the call after `total`, whatever it is doing. The HTTP library has no such limit: its read timeout starts
    anew with every byte, and a retry starts everything anew."""

    name: ClassVar[str] = "deadline"
    example: ClassVar[dict[str, Any]] = {"total": "300s"}
    total: Annotated[Duration, Field(gt=0)]

    def misplaced(self, outside: Sequence[Layer], inside: Sequence[Layer]) -> str:
        if any(layer.name == "retry" for layer in outside):
            return (
                'a "deadline" that has passed is not tried again: put it outside of "retry", or use "attempt_timeout"'
            )
        return ""

    def wrap(self, inner: Run, site: Site) -> Run:
        arm = Arm(self.total)
        too_late = Outcome("deadline", phase="total")

        def run(call: Call) -> Steps:
            scope = yield arm
            try:
                return (yield from inner(call))
            except Expired as expired:
                if expired.scope is not scope:
                    raise
                return too_late
            finally:
                scope.disarm()

        return run

    def limits(self) -> dict[str, float]:
        return {"deadline": self.total}
