"""Every layer found, alone around the SDK: what it does when it is stopped in the middle, wherever that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from brownout.harness.policies.effects import (
    Arm,
    Attempt,
    Effect,
    Expired,
    Race,
    Read,
    Scope,
    Sleep,
    Steps,
    Wait,
)
from brownout.harness.policies.layer import Site
from brownout.harness.policies.layers import LAYERS
from brownout.harness.policies.layers.deadline import Deadline
from brownout.harness.policies.layers.sdk import Sdk
from brownout.harness.policies.outcome import OK, Outcome
from brownout.harness.policies.stack import build

from .hand_cranked import a_call

Script = Mapping[type, Any]

SCRIPTS: dict[str, Script] = {
    "answered": {Attempt: OK},
    "overloaded": {Attempt: Outcome("status", status=529)},
    "lost": {Attempt: Outcome("connection")},
    "streamed": {Attempt: Outcome("opened"), Read: OK},
    "broken before text": {Attempt: Outcome("opened"), Read: Outcome("stream_broken", tokens=0)},
}
"""What comes of each attempt and of each stream that is read on."""


def site() -> Site:
    return Site(0, now=lambda: 0.0, record=lambda record: None)


def alone(name: str) -> Steps:
    """A fresh layer of that name around a fresh SDK, about to begin a call."""
    layer = LAYERS[name].model_validate(LAYERS[name].example)
    layers = [layer] if isinstance(layer, Sdk) else [layer, Sdk()]
    return build(layers, site())(a_call())


class Stopped:
    """A layer that has been brought to one of its yields. `scopes` are the limits it was given."""

    def __init__(self, generator: Steps, script: Script, yields: int) -> None:
        self.generator = generator
        self.scopes: list[Scope] = []
        self.effect: Effect | None = None
        self._script = script
        for _ in range(yields):
            try:
                self.effect = generator.send(self._answer(self.effect))
            except StopIteration:
                self.effect = None
                return

    def _answer(self, effect: Effect | None) -> Any:
        match effect:
            case None | Sleep() | Wait():
                return None
            case Arm():
                self.scopes.append(Scope(object()))
                return self.scopes[-1]
            case Race():
                return len(effect.branches) - 1, self._script[Attempt]
            case _:
                return self._script[type(effect)]


def stops(make: Callable[[], Steps], script: Script) -> Iterator[Callable[[], Stopped]]:
    """How to bring a fresh layer to each of its yields, and each branch it races to each of theirs."""
    yields = 1
    while True:

        def stop(yields: int = yields) -> Stopped:
            return Stopped(make(), script, yields)

        effect = stop().effect
        if effect is None:
            return
        yield stop
        if isinstance(effect, Race):
            for i in range(len(effect.branches)):

                def branch(i: int = i, stop: Callable[[], Stopped] = stop) -> Steps:
                    effect = stop().effect
                    assert isinstance(effect, Race)
                    chosen: Steps = effect.branches[i]
                    return chosen

                yield from stops(branch, script)
        yields += 1


CASES = pytest.mark.parametrize("name", sorted(LAYERS))
ALL_SCRIPTS = pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)


@CASES
@ALL_SCRIPTS
def test_a_layer_can_be_closed_at_every_yield(name: str, script: Script) -> None:
    """Closing raises nothing, is not answered with another effect, and disarms every limit."""
    count = 0
    for stop in stops(lambda: alone(name), script):
        stopped = stop()
        stopped.generator.close()
        assert stopped.generator.gi_frame is None  # type: ignore[attr-defined]
        assert [scope for scope in stopped.scopes if scope.node is not None] == []
        count += 1
    assert count > 0


@CASES
@ALL_SCRIPTS
def test_a_layer_lets_a_foreign_limit_pass_at_every_yield(name: str, script: Script) -> None:
    """An outer layer's limit goes through as it is, unanswered, and the layer's own limits are disarmed."""
    for stop in stops(lambda: alone(name), script):
        stopped, expired = stop(), Expired(Scope(object()))
        with pytest.raises(Expired) as raised:
            stopped.generator.throw(expired)
        assert raised.value is expired
        assert [scope for scope in stopped.scopes if scope.node is not None] == []


@CASES
def test_a_layer_that_was_never_started_can_be_closed(name: str) -> None:
    """A branch that lost before its turn has nothing to give back."""
    generator = alone(name)
    generator.close()
    assert generator.gi_frame is None  # type: ignore[attr-defined]


@ALL_SCRIPTS
def test_a_deadline_answers_its_own_limit_at_every_yield(script: Script) -> None:
    """Wherever the call is when its time runs out, it ends with one outcome and asks for nothing more."""

    def make() -> Steps:
        return build([Deadline.model_validate({"total": "5s"}), Sdk()], site())(a_call())

    for stop in stops(make, script):
        stopped = stop()
        if isinstance(stopped.effect, Arm):
            continue  # not armed yet
        with pytest.raises(StopIteration) as ended:
            stopped.generator.throw(Expired(stopped.scopes[0]))
        assert ended.value.value == Outcome("deadline", phase="total")
