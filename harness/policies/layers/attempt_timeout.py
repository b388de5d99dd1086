"""One limit on each attempt: the connection, the upload, the headers and every byte of the body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ..call import Call
from ..effects import Arm, Expired, Run, Steps
from ..layer import Layer, Site
from ..outcome import Outcome


class AttemptTimeout(Layer):
    """Ends what lies inside it after `total`: inside a `retry` each attempt has its own time, and one that ran out may
    be tried again as a `timeout`. A read timeout is no such limit, as it starts anew with every byte. With
    retries of the SDK's own beneath, these together are the attempt."""

    name: ClassVar[str] = "attempt_timeout"
    example: ClassVar[dict[str, Any]] = {"total": "60s"}
    total: Annotated[Duration, Field(gt=0)]

    def misplaced(self, outside: Sequence[Layer], inside: Sequence[Layer]) -> str:
        if any(layer.name in ("retry", "fallback") for layer in inside):
            return '"attempt_timeout" around what asks again limits all of it: put it inside, or make it a "deadline"'
        return ""

    def wrap(self, inner: Run, site: Site) -> Run:
        arm = Arm(self.total)
        too_late = Outcome("timeout", phase="total")

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
        return {"attempt timeout": self.total}
