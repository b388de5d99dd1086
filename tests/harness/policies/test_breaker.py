"""The breaker: its states against a small model of them, what each outcome says to it, and a crowd at its door."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import loads
from brownout.harness.policies.layer import Site
from brownout.harness.policies.layers.breaker import OPEN, Breaker, State
from brownout.harness.policies.outcome import OK, Outcome
from brownout.harness.policies.effects import Arm, Attempt, Expired, Run, Steps, Timeouts
from brownout.harness.policies.call import Call
from brownout.harness.records import BreakerRecord
from brownout.harness.scenario import Scenario
from brownout.harness.workload import Workload

from .hand_cranked import Bench, a_call

FAILED = Outcome("status", status=529)
ALLOWED = {
    ("closed", "open"),
    ("open", "half-open"),
    ("half-open", "closed"),
    ("half-open", "open"),
}


class Clocked(Site):
    """A site whose clock the test turns, and that keeps what is recorded."""

    def __init__(self) -> None:
        self.time = 0
        self.records: list[BreakerRecord] = []
        super().__init__(0, now=lambda: self.time, record=self.records.append)


def breaker(**parameters: Any) -> Breaker:
    return Breaker.model_validate(parameters)


class States(RuleBasedStateMachine):
    """The model: who still has a say is a set of tickets, emptied whenever the breaker turns."""

    permits = Bundle("permits")

    @initialize(failures=st.integers(1, 4), open_for=st.integers(1, 10), probes=st.integers(1, 3))
    def begin(self, failures: int, open_for: int, probes: int) -> None:
        self.site = Clocked()
        parameters = breaker(failures=failures, open_for=f"{open_for}s", probes=probes)
        self.state = State(parameters, self.site)
        self.failures, self.open_for, self.probes = failures, open_for, probes
        self.phase, self.streak, self.shut_until = "closed", 0, 0
        self.have_a_say: set[int] = set()
        self.tickets = 0

    def turn(self, phase: str) -> None:
        self.phase, self.streak = phase, 0
        self.have_a_say.clear()

    @rule(seconds=st.integers(0, 6))
    def time_passes(self, seconds: int) -> None:
        self.site.time += seconds

    @rule(target=permits)
    def a_call_comes(self) -> Any:
        permit = self.state.enter()
        if self.phase == "open" and self.site.time >= self.shut_until:
            self.turn("half-open")
        is_full = self.phase == "half-open" and len(self.have_a_say) >= self.probes
        assert (permit is None) == (self.phase == "open" or is_full)
        if permit is None:
            return multiple()
        self.tickets += 1
        self.have_a_say.add(self.tickets)
        return permit, self.tickets

    @rule(permit_and_ticket=consumes(permits), is_success=st.booleans())
    def a_call_ends(self, permit_and_ticket: tuple[int, int], is_success: bool) -> None:
        permit, ticket = permit_and_ticket
        self.state.leave(permit, is_success=is_success)
        if ticket not in self.have_a_say:
            return
        self.have_a_say.remove(ticket)
        if is_success:
            self.streak = 0
            if self.phase == "half-open":
                self.turn("closed")
            return
        self.streak += 1
        if self.phase == "half-open" or self.streak == self.failures:
            self.shut_until = self.site.time + self.open_for
            self.turn("open")

    @rule(permit_and_ticket=consumes(permits))
    def a_call_is_abandoned(self, permit_and_ticket: tuple[int, int]) -> None:
        permit, ticket = permit_and_ticket
        self.state.abandon(permit)
        self.have_a_say.discard(ticket)

    @invariant()
    def the_model_agrees(self) -> None:
        assert self.state.name == self.phase

    @invariant()
    def no_more_probes_are_out_than_allowed(self) -> None:
        assert self.phase != "half-open" or len(self.have_a_say) <= self.probes

    @invariant()
    def turns_are_recorded_and_follow_each_other(self) -> None:
        turns = [(record.before, record.after) for record in self.site.records]
        assert set(turns) <= ALLOWED
        assert [after for _, after in turns[:-1]] == [before for before, _ in turns[1:]]
        assert (turns[-1][1] if turns else "closed") == self.state.name


States.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_states = pytest.mark.filterwarnings("default")(States.TestCase)


def test_it_opens_after_exactly_so_many_failures_in_a_row() -> None:
    """One success in between starts the count anew."""
    state = State(breaker(failures=3, open_for="60s"), Clocked())
    seen = []
    for is_success in (False, False, True, False, False, False):
        permit = state.enter()
        assert permit is not None
        state.leave(permit, is_success=is_success)
        seen.append(state.name)
    assert seen == ["closed"] * 5 + ["open"]


# -- what a call says to it


def answering(outcome: Outcome) -> Run:
    """What lies inside the breaker: one attempt, whatever came of it."""

    def run(call: Call) -> Steps:
        yield Attempt(call, Timeouts())
        return outcome

    return run


def after(parameters: Breaker, outcomes: list[Outcome]) -> str:
    """The breaker's last state when calls ended so, one after the other."""
    site, bench = Clocked(), Bench()
    said = iter(outcomes)

    def inner(call: Call) -> Steps:
        return (yield Attempt(call, Timeouts()))

    run = parameters.wrap(inner, site)
    for outcome in said:
        bench.start(run(a_call()))
        bench.port.open[0].answer(outcome)
    return site.records[-1].after if site.records else "closed"
