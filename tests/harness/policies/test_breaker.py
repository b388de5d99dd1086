"""The breaker: its states against a small model of them, what a call says to it, and a crowd at its door."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import loads
from brownout.harness.policies.effects import Run
from brownout.harness.policies.engine import Node
from brownout.harness.policies.layers.breaker import OPEN, Breaker
from brownout.harness.policies.layers.deadline import Deadline
from brownout.harness.policies.outcome import OK, Outcome, is_failure
from brownout.harness.scenario import Scenario
from brownout.harness.workload import Workload

from .hand_cranked import Bench, a_call, one_attempt

FAILED = Outcome("status", status=529)
BAD_REQUEST = Outcome("status", status=400)


def breaker(**parameters: Any) -> Breaker:
    return Breaker.model_validate(parameters)


# -- its states

SMALL = st.integers(1, 3)


class Model(RuleBasedStateMachine):
    """Whatever comes, in whatever order, the breaker does what this model does.

    Those who still have a say are a set of tickets, which is emptied whenever the breaker turns.
    """

    permits = Bundle("permits")

    @initialize(failures=SMALL, open_for=SMALL, probes=SMALL, successes=SMALL)
    def begin(self, failures: int, open_for: int, probes: int, successes: int) -> None:
        self.bench = Bench()
        parameters = breaker(failures=failures, open_for=f"{open_for}s", probes=probes, successes=successes)
        self.state = parameters.state(self.bench.site)
        self.failures, self.open_for, self.probes, self.successes = failures, open_for, probes, successes
        self.name, self.streak, self.went_well, self.shut_until, self.tickets = "closed", 0, 0, 0.0, 0
        self.with_a_say: set[int] = set()

    def turn(self, name: str) -> None:
        self.name, self.streak, self.went_well = name, 0, 0
        self.with_a_say.clear()

    @rule(seconds=st.integers(1, 3))
    def time_passes(self, seconds: int) -> None:
        self.bench.port.advance(seconds)

    @rule(target=permits)
    def a_call_comes(self) -> Any:
        permit = self.state.enter()
        if self.name == "open" and self.bench.port.time >= self.shut_until:
            self.turn("half-open")
        is_full = self.name == "half-open" and len(self.with_a_say) == self.probes
        assert (permit is None) == (self.name == "open" or is_full)
        if permit is None:
            return multiple()
        self.tickets += 1
        self.with_a_say.add(self.tickets)
        return permit, self.tickets

    @rule(holder=consumes(permits), is_success=st.booleans())
    def a_call_ends(self, holder: tuple[int, int], is_success: bool) -> None:
        permit, ticket = holder
        self.state.leave(permit, 0.0, is_success=is_success)
        if ticket not in self.with_a_say:
            return  # it began before the breaker last turned
        self.with_a_say.remove(ticket)
        self.streak = 0 if is_success else self.streak + 1
        self.went_well += is_success
        if is_success and self.name == "half-open":
            if self.went_well == self.successes:
                self.turn("closed")
        elif not is_success and (self.name == "half-open" or self.streak == self.failures):
            self.shut_until = self.bench.port.time + self.open_for
            self.turn("open")

    @rule(holder=consumes(permits))
    def a_call_is_abandoned(self, holder: tuple[int, int]) -> None:
        permit, ticket = holder
        self.state.abandon(permit)
        self.with_a_say.discard(ticket)

    @invariant()
    def its_state_is_that_of_the_model(self) -> None:
        assert self.state.name == self.name

    @invariant()
    def every_turn_is_recorded(self) -> None:
        names = ["closed", *(record.after for record in self.bench.records)]
        assert [record.before for record in self.bench.records] == names[:-1]
        assert names[-1] == self.name


Model.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestModel = Model.TestCase


def test_it_opens_after_exactly_so_many_failures_in_a_row() -> None:
    """A success in between starts the count anew."""
    state = breaker(failures=3).state(Bench().site)
    seen = []
    for is_success in (False, False, True, False, False, False):
        permit = state.enter()
        assert permit is not None
        state.leave(permit, 0.0, is_success=is_success)
        seen.append(state.name)
    assert seen == ["closed"] * 5 + ["open"]


# -- what a call says to it


class Guarded:
    """A breaker around one attempt, and calls that end as they are told."""

    def __init__(self, **parameters: Any) -> None:
        self.bench = Bench()
        self._run: Run = breaker(open_for="60s", **parameters).wrap(one_attempt, self.bench.site)

    def begin(self) -> Node:
        """A call comes."""
        return self.bench.start(self._run(a_call()))

    def call(self, end: str | Outcome) -> None:
        """`end`: what the attempt is answered with, or the other ways in which a call may end."""
        if end == "outer limit":
            deadline = Deadline.model_validate({"total": "5s"})
            self.bench.start(deadline.wrap(self._run, self.bench.site)(a_call()))
            self.bench.port.advance(5.0)
            return
        node = self.begin()
        [pending] = self.bench.port.open
        match end:
            case Outcome():
                pending.answer(end)
            case "abandoned":
                node.cancel()
            case "error":
                pending.answer(None, RuntimeError("a defect"))

    @property
    def state(self) -> str:
        return self.bench.records[-1].after if self.bench.records else "closed"

    def is_let_in(self) -> bool:
        """Whether a call that comes now would be sent; it is abandoned at once."""
        before = len(self.bench.port.asked)
        self.begin().cancel()
        return len(self.bench.port.asked) > before


SAID: dict[str, list[str | Outcome]] = {
    "success": [OK],
    "failure": [
        "outer limit",
        FAILED,
        *(Outcome("status", status=status) for status in (408, 409, 429, 500, 502, 503)),
        Outcome("timeout", phase="read"),
        Outcome("connection"),
        Outcome("stream_broken", tokens=9),
        Outcome("stream_timeout"),
        Outcome("stream_error"),
        Outcome("truncated"),
        Outcome("gap"),
        Outcome("deadline"),
    ],
    "nothing": [
        "abandoned",
        "error",
        BAD_REQUEST,
        *(Outcome("status", status=status) for status in (401, 403, 404, 413, 422)),
        OPEN,
    ],
}
"""Of every way in which a call may end, what it says of the service."""
EVERY_END = pytest.mark.parametrize(("said", "end"), [(said, end) for said, ends in SAID.items() for end in ends])


@EVERY_END
def test_what_an_outcome_says_of_the_service(said: str, end: str | Outcome) -> None:
    """The table of outcomes is the one that the breaker goes by."""
    if isinstance(end, Outcome):
        assert is_failure(end) == (said == "failure")


@EVERY_END
def test_how_a_call_ends_counts_for_or_against_the_service_or_not_at_all(said: str, end: str | Outcome) -> None:
    """A success ends a row of failures, a failure goes on with it, and what says nothing leaves it as it is."""
    guarded = Guarded(failures=2)
    guarded.call(FAILED)
    guarded.call(end)
    assert guarded.state == ("open" if said == "failure" else "closed")
    if said != "failure":
        guarded.call(FAILED)
        assert guarded.state == ("open" if said == "nothing" else "closed")


@EVERY_END
def test_how_a_probe_ends_decides_or_gives_the_probe_back(said: str, end: str | Outcome) -> None:
    """A half-open breaker closes on a success and opens on a failure; after anything else it lets the next one try."""
    guarded = Guarded(failures=1, probes=1)
    guarded.call(FAILED)
    guarded.bench.port.advance(60.0)
    guarded.call(end)
    assert guarded.state == {"success": "closed", "failure": "open", "nothing": "half-open"}[said]
    assert guarded.is_let_in() == (said != "failure")


def test_while_a_probe_is_out_nobody_else_is_let_in() -> None:
    """Refused calls get their answer at once, and nothing is sent for them."""
    guarded = Guarded(failures=1, probes=1)
    guarded.call(FAILED)
    assert not guarded.is_let_in()
    guarded.bench.port.advance(60.0)
    probe = guarded.begin()
    assert not guarded.is_let_in()
    assert guarded.bench.ends[-1] == (OPEN, None)
    probe.cancel()
    assert guarded.is_let_in()


# -- a crowd at its door

CROWD, MOMENT = 50, 100.0


class AllAtOnce(Workload):
    """One client: a few calls that will fail, then a crowd of calls at the same moment."""

    def first(self, client: int) -> float | None:
        return self.following(client, -1, 0.0)

    def following(self, client: int, call: int, since: float) -> float | None:
        if call + 1 < 3:
            return 1.0 + call
        return MOMENT if call + 1 < 3 + CROWD else None


class Rush(Scenario):
    """A scenario with that workload."""

    def calls(self, seed: int) -> Workload:
        planned = self.workload
        return AllAtOnce(planned.arrivals, planned.kinds, planned.clients, self.horizon, seed)


RUSH = """
name: rush
workload: {clients: 1, arrivals: {kind: steady, rate: 1/s}}
timeline:
  - {for: 50s, faults: [{kind: overload}]}
  - {for: 100s, faults: [FAULTS]}
"""
GUARDED = """
name: guarded
layers:
  - breaker: {failures: 3, open_for: 60s, probes: PROBES}
  - sdk: {max_retries: 0}
"""


@pytest.mark.parametrize("probes", [1, 2, 7])
@pytest.mark.parametrize(("faults", "end"), [("", "closed"), ("{kind: overload}", "open")])
def test_of_a_crowd_at_a_half_open_breaker_only_the_probes_go_through(probes: int, faults: str, end: str) -> None:
    """Fifty callers at the same moment: as many as there are probes are sent, the others refused at once."""
    client = loads(GUARDED.replace("PROBES", str(probes)), Client)
    ledger = run(loads(RUSH.replace("FAULTS", faults), Rush), client, seed=1)
    crowd = [call for call in ledger.calls if call.intended == MOMENT]
    sent = [call for call in crowd if call.attempts]
    refused = [call for call in crowd if call.outcome == "breaker_open"]
    assert len(crowd) == CROWD
    assert len(sent) == probes
    assert len(refused) == CROWD - probes
    assert {call.finished for call in refused} == {MOMENT}
    assert [attempt.who.call for attempt in ledger.attempts][3:] == [call.call for call in sent]
    assert [turn.after for turn in ledger.breaker] == ["open", "half-open", end]
