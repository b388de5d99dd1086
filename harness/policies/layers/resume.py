"""The rest of an answer whose stream broke off: what has come is kept, and only what is missing asked for."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..call import Call
from ..causes import Cause, is_any_of, is_futile
from ..effects import Run, Steps
from ..layer import Layer, Site
from ..outcome import Outcome
from ..resuming import Rest


class Resume(Layer):
    """Asks for the rest of a streamed answer that broke off after text, up to `times` times; what lies inside is done
    for each rest anew, so that a `retry` belongs there. A model up to 4.5 goes on with a last turn of its own, a later
    one is asked to by a turn of the user's. After a tool's call, or where a thought broke off, there is nothing to go
    on with, and the break is passed on. How well the pieces fit is the model's own affair."""

    name: ClassVar[str] = "resume"
    example: ClassVar[dict[str, Any]] = {"times": 2}
    times: Annotated[int, Field(gt=0, le=100)] = 2
    on: tuple[Cause, ...] = ("stream_after_text",)

    def wrap(self, inner: Run, site: Site) -> Run:
        is_cause, times = is_any_of(self.on), self.times

        def run(call: Call) -> Steps:
            outcome: Outcome = yield from inner(call)
            if outcome.is_ok or not _is_broken_off(outcome):
                return outcome
            before, is_shown, told, left = call.rest, call.is_shown, 0, times
            try:
                while left and _is_broken_off(outcome) and is_cause(outcome) and not is_futile(outcome):
                    told, left = told + outcome.tokens, left - 1
                    call.rest, call.is_shown = Rest(told, outcome.stream), False
                    outcome = yield from inner(call)
            finally:
                call.rest, call.is_shown = before, is_shown or call.is_shown
            return outcome._replace(tokens=told + outcome.tokens)

        return run


def _is_broken_off(outcome: Outcome) -> bool:
    """Whether there is a stream that can be gone on with."""
    return outcome.tokens > 0 and outcome.stream is not None and bool(outcome.stream.is_resumable)
