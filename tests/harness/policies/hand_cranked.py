"""A port that does nothing by itself: the test moves its clock and gives its answers, late ones too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brownout.fakes.draws import Draws
from brownout.harness.policies.call import Ask, Call
from brownout.harness.policies.effects import Attempt, Read, Steps, Timeouts
from brownout.harness.policies.engine import Callback, Engine, Node
from brownout.harness.policies.layer import Site
from brownout.harness.policies.outcome import Outcome


def a_call(stream: bool = False) -> Call:
    """Some call of some client."""
    ask = Ask(0, 0, intended=0.0, deadline=90.0, stream=stream, input_tokens=10, max_tokens=100)
    return Call(ask, Draws(0, "jitter"))


def one_attempt(call: Call) -> Steps:
    """What lies inside a layer here."""
    outcome: Outcome = yield Attempt(call, Timeouts())
    return outcome


@dataclass(eq=False)
class Pending:
    """Something the engine has asked for. `due` is the time of a timer, None for an answer."""

    effect: Attempt | Read | None
    due: float | None
    callback: Callback
    node: Any
    is_cancelled: bool = False
    is_over: bool = False

    def cancel(self) -> None:
        self.is_cancelled = self.is_over = True

    def answer(self, value: Any, error: BaseException | None = None) -> None:
        """Call back, even if it was called off: a late echo."""
        self.is_over = True
        self.callback(self.node, value, error)

    def fire(self) -> None:
        """The time of a timer has come, even if it was called off."""
        self.is_over = True
        self.callback(self.node, None)


class HandPort:
    """`asked` holds everything there ever was, in the order it was asked for."""

    def __init__(self) -> None:
        self.time = 0.0
        self.asked: list[Pending] = []

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Pending:
        return self._ask(Pending(effect, None, callback, node))

    def read(self, effect: Read, callback: Callback, node: Any) -> Pending:
        return self._ask(Pending(effect, None, callback, node))

    def timer(self, delay: float, callback: Callback, node: Any) -> Pending:
        return self._ask(Pending(None, self.time + delay, callback, node))

    def _ask(self, pending: Pending) -> Pending:
        self.asked.append(pending)
        return pending

    def now(self) -> float:
        return self.time

    @property
    def open(self) -> list[Pending]:
        """What is under way."""
        return [pending for pending in self.asked if not pending.is_over]

    def advance(self, seconds: float) -> None:
        """Let time pass: timers fire when they are due, those due together in the order they were set."""
        end = self.time + seconds
        while True:
            timers = [pending for pending in self.open if pending.due is not None]
            due = min(timers, key=lambda timer: timer.due or 0.0, default=None)
            if due is None or due.due is None or due.due > end:
                break
            self.time = due.due
            due.fire()
        self.time = end


class Bench:
    """An engine on a hand-cranked port, a client's site on its clock, and what the layers came to."""

    def __init__(self) -> None:
        self.port = HandPort()
        self.engine = Engine(self.port)
        self.records: list[Any] = []
        self.site = Site(0, self.port.now, self.records.append)
        self.ends: list[tuple[Any, BaseException | None]] = []

    def start(self, generator: Any) -> Node:
        """Run a layer; its end is added to `ends`."""
        return self.engine.start(generator, self._done)

    def _done(self, _: Node, value: Any, error: BaseException | None) -> None:
        self.ends.append((value, error))
