"""A second request for a call that takes long; the first good answer wins and the other is called off."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ..call import Call
from ..effects import Race, Run, Sleep, Steps
from ..layer import Layer, Site
from ..outcome import Outcome


class Hedge(Layer):
    """Sends the call again after `after` if no answer is there by then. Both run; one answer is thrown away, and paid
    for."""

    name: ClassVar[str] = "hedge"
    example: ClassVar[dict[str, Any]] = {"after": "10s"}
    after: Annotated[Duration, Field(gt=0)]

    def wrap(self, inner: Run, site: Site) -> Run:
        sleep = Sleep(self.after)

        def second(call: Call) -> Steps:
            yield sleep
            return (yield from inner(call))

        def run(call: Call) -> Steps:
            _, outcome = yield Race((inner(call), second(call.fork())), _is_good)
            result: Outcome = outcome
            return result

        return run

    def limits(self) -> dict[str, float]:
        return {"hedge after": self.after}


def _is_good(outcome: Outcome) -> bool:
    return outcome.is_ok
