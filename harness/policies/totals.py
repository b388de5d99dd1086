"""A limit on all that lies inside a layer, whatever that is doing when it runs out."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from .call import Call
from .effects import Arm, Expired, Run, Steps
from .layer import Layer, Site
from .outcome import Outcome


class TotalLimit(Layer):
    """Ends it after `total`; what it comes to then is `too_late`."""

    too_late: ClassVar[Outcome]
    total: Annotated[Duration, Field(gt=0)]

    def wrap(self, inner: Run, site: Site) -> Run:
        arm, too_late = Arm(self.total), self.too_late

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
        return {self.name.replace("_", " "): self.total}
