"""A circuit breaker: after too many failures, refuse calls for a while, then let a few through to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from brownout.fakes.units import Duration

from ..breaking import State
from ..call import Call
from ..causes import Cause, is_any_of
from ..effects import Expired, Run, Steps
from ..layer import Layer, Site
from ..outcome import Outcome, is_failure
from ..tripping import InARow, Window

OPEN = Outcome("breaker_open")
IN_A_ROW = 5


class Breaker(Layer):
    """Opens after `failures` failures in a row, or by what a `window` shows; refuses for `open_for`, then is half-open:
    `probes` calls at a time go through. The first of them to fail opens it again, and `successes` close it. A failure
    is what speaks against the service, or what is listed in `counts`. A limit from outside that runs out is a failure
    of the service; a call that is abandoned (a lost hedge, a user who left) says nothing, and gives its probe back.
    It is one for each process and, with `per: model`, for each model."""

    name: ClassVar[str] = "breaker"
    example: ClassVar[dict[str, Any]] = {"failures": 5, "open_for": "60s"}
    failures: Annotated[int, Field(gt=0)] = IN_A_ROW
    window: Window | None = None
    open_for: Annotated[Duration, Field(gt=0)] = 60.0
    probes: Annotated[int, Field(gt=0)] = 1
    successes: Annotated[int, Field(gt=0)] = 1
    counts: Annotated[tuple[Cause, ...] | None, Field(min_length=1)] = None
    per: Literal["process", "model", "endpoint"] = "process"

    @model_validator(mode="after")
    def _row_or_window(self) -> Breaker:
        if self.window is not None and self.failures != IN_A_ROW:
            raise ValueError('"failures" counts those in a row, and "window" looks at a share: expected one of both')
        return self

    def state(self, site: Site, key: str = "") -> State:
        """A closed one, the one of its layer that has that key."""
        trip = InARow(self.failures) if self.window is None else self.window.trip()
        return State(trip, self.open_for, self.probes, self.successes, site, key)

    def misplaced(self, outside: Sequence[Layer], inside: Sequence[Layer]) -> str:
        if self.per != "process" and any(layer.name == "fallback" for layer in inside):
            return f'outside of "fallback" a breaker sees one {self.per} only: put it inside, or take out "per"'
        return ""

    def wrap(self, inner: Run, site: Site) -> Run:
        only = self.state(site) if self.per == "process" else None
        state_of = _none if only is not None else _States(self, site).of
        now = site.now if self.window is not None and self.window.slow is not None else _never
        speaks_against = is_failure if self.counts is None else is_any_of(self.counts)

        def run(call: Call) -> Steps:
            state = state_of(call) if only is None else only
            permit = state.enter()
            if permit is None:
                return OPEN
            began = now()
            try:
                outcome = yield from inner(call)
            except Expired:
                state.leave(permit, began, is_success=False)
                raise
            except BaseException:
                state.abandon(permit)
                raise
            if outcome.kind == "ok":
                state.leave(permit, began, is_success=True)
            elif speaks_against(outcome):
                state.leave(permit, began, is_success=False)
            else:
                state.abandon(permit)
            return outcome

        return run


def _none(call: Call) -> State:
    """In place of the breaker for a key, where there is but one."""
    raise AssertionError(call)


def _never() -> float:
    """In place of the time, where nobody asks how long a call took."""
    return 0.0


class _States:
    """The breakers of one layer, one for each key; made when there is a call with it."""

    __slots__ = ("_key_of", "_layer", "_site", "_states")

    def __init__(self, layer: Breaker, site: Site) -> None:
        self._key_of = _KEYS[layer.per]
        self._layer, self._site = layer, site
        self._states: dict[str, State] = {}

    def of(self, call: Call) -> State:
        key = self._key_of(call)
        state = self._states.get(key)
        if state is None:
            state = self._states[key] = self._layer.state(self._site, key)
        return state


_KEYS: dict[str, Callable[[Call], str]] = {
    "model": lambda call: call.model,
    "endpoint": lambda call: call.endpoint,
}
