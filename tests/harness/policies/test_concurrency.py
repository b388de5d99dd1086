"""The limit on what is under way at once: against a model, and with callers who leave at any moment."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from brownout.harness.policies.engine import Node
from brownout.harness.policies.layers.concurrency import FULL, Concurrency
from brownout.harness.policies.outcome import OK, Outcome

from .hand_cranked import Bench, a_call, one_attempt

MAX_WAIT = 5


class Model(RuleBasedStateMachine):
    """Those who are in and those who wait, as lists. Whoever makes room lets in who came first."""

    @initialize(limit=st.integers(1, 3), queue=st.integers(0, 3), is_patient=st.booleans())
    def begin(self, limit: int, queue: int, is_patient: bool) -> None:
        self.bench = Bench()
        wait = {} if is_patient else {"max_wait": f"{MAX_WAIT}s"}
        layer = Concurrency.model_validate({"limit": limit, "queue": queue, **wait})
        self.run_ = layer.wrap(one_attempt, self.bench.site)
        self.limit, self.queue, self.is_patient = limit, queue, is_patient
        self.inside: list[Node] = []
        self.waiting: list[tuple[Node, float]] = []
        self.refused = 0

    @rule()
    def a_call_comes(self) -> None:
        node = self.bench.start(self.run_(a_call()))
        if len(self.inside) < self.limit:
            self.inside.append(node)
        elif len(self.waiting) < self.queue:
            self.waiting.append((node, self.bench.port.time))
        else:
            self.refused += 1

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), how=st.sampled_from(["answered", "failed", "abandoned", "a defect"]))
    def a_call_ends(self, data: st.DataObject, how: str) -> None:
        node = self.inside.pop(data.draw(st.integers(0, len(self.inside) - 1)))
        [pending] = [each for each in self.bench.port.open if each.node is node]
        match how:
            case "abandoned":
                node.cancel()
            case "a defect":
                pending.answer(None, RuntimeError("a defect"))
            case _:
                pending.answer(OK if how == "answered" else Outcome("connection"))
        self._next()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def who_waits_leaves(self, data: st.DataObject) -> None:
        node, _ = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        node.cancel()

    @precondition(lambda self: self.waiting and len(self.inside) == self.limit)
    @rule()
    def whose_turn_has_come_leaves_before_it_is_woken(self) -> None:
        """The place is given on, and not lost."""
        self.inside.pop(0).cancel()
        node, _ = self.waiting.pop(0)
        node.cancel()
        self._next()

    @rule(seconds=st.integers(1, 3))
    def time_passes(self, seconds: int) -> None:
        self.bench.port.advance(seconds)
        if not self.is_patient:
            kept = [(node, since) for node, since in self.waiting if self.bench.port.time - since < MAX_WAIT]
            self.refused += len(self.waiting) - len(kept)
            self.waiting = kept

    def _next(self) -> None:
        self.bench.port.advance(0.0)
        if self.waiting and len(self.inside) < self.limit:
            self.inside.append(self.waiting.pop(0)[0])

    @invariant()
    def those_inside_are_those_of_the_model(self) -> None:
        sent: list[Any] = [pending.node for pending in self.bench.port.open if pending.effect is not None]
        assert sorted(map(id, sent)) == sorted(map(id, self.inside))
        assert len(sent) <= self.limit

    @invariant()
    def who_is_refused_is_told(self) -> None:
        assert sum(end == (FULL, None) for end in self.bench.ends) == self.refused


Model.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestModel = Model.TestCase
