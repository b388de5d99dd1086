"""The player: what is sent, when, and what becomes of it when a fault strikes or the client leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import tokens_always
from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.faults import FAULTS, Fault, Where
from brownout.fakes.faults.noop import Noop
from brownout.fakes.journal import Served
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.plan import (
    ADMIT,
    BEGINNING,
    ENDED,
    FINISH,
    WHOLE,
    Answer,
    Event,
    Head,
    Plan,
    Step,
    Tokens,
    Wait,
    tokens_in,
)
from brownout.fakes.player import Player
from brownout.fakes.ticket import Request, Ticket
from brownout.fakes.timeline import Phase
from brownout.fakes.usual import UsualPlayer

from .plans import LUMPS, Crank, Lumps, Paper, faults, finite_stalls, plain, stalls, streams, timetable, waits

TOKENS = 12
HORIZON = 1e8
"""Long after everything has ended that ends at all."""
REQUEST = Request(Identity(0, 0), stream=True, input_tokens=10, max_tokens=1000)
NEXT = Request(Identity(1, 0), stream=True, input_tokens=10, max_tokens=1000)


def endpoint(*phases: Phase, on_disconnect: str = "cancel", slots: int | None = 1) -> Endpoint:
    """A service with one slot, whose answers are all alike."""
    latency = Latency.model_validate({"round_trip": "40ms", "first_token": "1s", "token_gap": "250ms"})
    capacity = Capacity.model_validate({"slots": slots, "on_disconnect": on_disconnect})
    lengths = tokens_always(TOKENS)
    return Endpoint(Service(latency, capacity, Limits(), ((1.0, lengths),), phases or (Phase(0.0),)), seed=1)


@dataclass
class Stage:
    """One request at one endpoint on a cranked clock."""

    endpoint: Endpoint
    clock: Crank
    sink: Paper
    ticket: Ticket
    player: Player

    def follow(self) -> Ticket:
        """A second request, which needs the slot that the first one has or will have."""
        ticket = self.endpoint.answer(NEXT, self.clock.time, is_fresh=True)
        ticket.segment = (Wait(0.5), ADMIT)  # behind the first, which takes 100 ms
        Player(self.endpoint, ticket, self.clock, Paper(self.clock)).play()
        return ticket


def stage(
    at: Endpoint | None = None,
    plan: Plan | None = None,
    lumps: Lumps = "never",
    request: Request = REQUEST,
    now: float = 0.0,
) -> Stage:
    at = at or endpoint()
    clock = Crank(now)
    sink = Paper(clock, lumps)
    ticket = at.answer(request, now, is_fresh=True)
    if plan is not None:
        ticket.segment = plan
    return Stage(at, clock, sink, ticket, Player(at, ticket, clock, sink))


def near(seen: Sequence[tuple[float, Step]]) -> list[tuple[object, Step]]:
    return [(pytest.approx(when, abs=1e-6), step) for when, step in seen]


FIRST = Where(clients=frozenset({REQUEST.who.client}))
instants = st.floats(0.0, 12.0)
lumping = st.sampled_from(LUMPS)
whole_plans = st.one_of(streams(waits), streams(stalls), plain)

noticed = faults.filter(lambda fault: fault.kind != "nat_death")
"""Those of which the service knows that it is not heard."""


@given(whole_plans)
def test_what_is_seen_and_when_is_what_the_plan_says(plan: Plan) -> None:
    """Every step of a plan, and every single token, is emitted at the time the plan has for it, in its order."""
    play = stage(plan=plan)
    play.player.play()
    play.clock.until(HORIZON)
    assert play.sink.seen == near(timetable(plan))


@given(st.one_of(streams(waits), streams(finite_stalls)))
def test_a_run_in_one_piece_ends_as_one_of_single_tokens_does(plan: Plan) -> None:
    """Whether a sink takes runs whole or token by token, as many come, and everything else at the same times."""
    seen = []
    for lumps in LUMPS:
        play = stage(plan=plan, lumps=lumps)
        play.player.play()
        play.clock.until(HORIZON)
        seen.append(([(when, step) for when, step in play.sink.seen if not isinstance(step, Tokens)], play.sink.tokens))
        assert play.ticket.sent_tokens == play.sink.tokens == tokens_in(plan)
    (single, tokens), *others = seen
    assert all((single, tokens) == (near(lumped), as_many) for lumped, as_many in others)


@given(st.floats(0.0, 1e7), st.floats(1e-15, 1.0), st.integers(1, 50))
def test_a_run_ends_however_late_it_begins_and_however_short_its_gaps(now: float, gap: float, tokens: int) -> None:
    """Where the clock is too coarse to tell two tokens apart they come together: none is lost, none is sent twice."""
    play = stage(plan=(Tokens(tokens, gap), FINISH), now=now)
    play.player.play()
    play.clock.until(HORIZON)
    assert [step for _, step in play.sink.seen[-1:]] == [FINISH]
    assert play.sink.tokens == play.ticket.sent_tokens == tokens


@given(st.floats(0.0, 1e7), st.floats(1e-15, 1.0), st.integers(1, 50), st.floats(0.0, 1.0))
def test_a_strike_loses_no_token_however_coarse_the_clock(now: float, gap: float, tokens: int, part: float) -> None:
    """A fault that leaves everything as it is leaves the number of tokens, whenever it strikes."""
    at = endpoint(Phase(1.0), Phase(1.0, (Noop(),)))
    play = stage(at, plan=(Tokens(tokens, gap), FINISH), now=now)
    play.player.play()
    play.clock.until(now + part * tokens * gap)
    at.begin_phase(1)
    play.player.strike()
    play.clock.until(HORIZON)
    assert play.sink.tokens == play.ticket.sent_tokens == tokens


@given(noticed, instants, st.just(0.0) | st.floats(0.0, 5.0), st.booleans())
def test_a_strike_keeps_the_count_of_tokens(fault: Fault, instant: float, late: float, stream: bool) -> None:
    """Struck at any instant, a run taken whole and one of single tokens agree on every token and on its end.

    Also on a machine that is late, where what is due has not been sent yet.
    """
    seen = []
    for lumps in LUMPS:
        at = endpoint(Phase(instant), Phase(1.0, (fault,), hits_in_flight=True))
        play = stage(at, lumps=lumps, request=REQUEST._replace(stream=stream))
        play.player.play()
        play.clock.until(instant)
        play.clock.time += late
        at.begin_phase(1)
        play.player.strike()
        at_once = play.sink.tokens if play.ticket.has_fired else None
        play.clock.until(HORIZON)
        assert play.ticket.sent_tokens == play.sink.tokens <= TOKENS
        seen.append((at_once, play.sink.tokens, play.ticket.has_fired, play.ticket.ended))
    single, *others = seen
    assert all(lumped == (*single[:3], single[3] and pytest.approx(single[3])) for lumped in others)


@given(noticed, instants, st.booleans(), lumping)
def test_who_leaves_takes_everything_back_when_work_is_cancelled(
    fault: Fault, instant: float, stream: bool, lumps: Lumps
) -> None:
    """Whenever a client leaves, and whatever fault it met, no slot, place in the queue or timer is left behind."""
    at = endpoint(Phase(1.0, (fault,)))
    play = stage(at, lumps=lumps, request=REQUEST._replace(stream=stream))
    play.player.play()
    play.clock.until(instant)
    play.player.abandon()
    seen = len(play.sink.seen)
    assert (at.slots.busy, at.slots.waiting, play.clock.is_idle) == (0, 0, True)
    assert play.player.is_over
    play.clock.until(HORIZON)
    assert len(play.sink.seen) == seen
    assert play.ticket.sent_tokens == play.sink.tokens or lumps


@given(faults, instants, st.booleans(), lumping)
def test_abandoned_work_is_finished_in_its_time(fault: Fault, instant: float, stream: bool, lumps: Lumps) -> None:
    """With `on_disconnect: finish` whoever waits gets the slot just when it would have, had the client stayed."""
    granted = []
    for leaves in (False, True):
        at = endpoint(Phase(1.0, (fault.model_copy(update={"where": FIRST}),)), on_disconnect="finish")
        play = stage(at, lumps=lumps, request=REQUEST._replace(stream=stream))
        play.player.play()
        following = play.follow()
        play.clock.until(instant)
        if leaves:
            play.player.abandon()
            seen = len(play.sink.seen)
        play.clock.until(HORIZON)
        assert not leaves or len(play.sink.seen) == seen
        granted.append(following.granted_at)
        assert (at.slots.busy, at.slots.waiting) == (0, 0)
    assert granted[1] == pytest.approx(granted[0])


@given(faults, st.integers(1, 20), st.booleans(), lumping)
def test_abandoned_work_is_finished_also_when_a_step_made_the_client_leave(
    fault: Fault, steps: int, stream: bool, lumps: Lumps
) -> None:
    """A client that leaves at the very moment it sees something is like any other that leaves."""
    granted = []
    for leaves in (False, True):
        at = endpoint(Phase(1.0, (fault.model_copy(update={"where": FIRST}),)), on_disconnect="finish")
        play = stage(at, lumps=lumps, request=REQUEST._replace(stream=stream))

        def leave_after(step: Step, play: Stage = play) -> None:
            if len(play.sink.seen) >= steps:
                play.player.abandon()

        if leaves:
            play.sink.on_step = leave_after
        play.player.play()
        following = play.follow()
        play.clock.until(HORIZON)
        granted.append(following.granted_at)
        assert (at.slots.busy, at.slots.waiting) == (0, 0)
    assert granted[1] == pytest.approx(granted[0])


@given(noticed, st.none() | instants, st.booleans(), lumping, st.sampled_from(["cancel", "finish"]))
def test_an_answer_is_complete_once_its_end_has_left(
    fault: Fault, leaves_at: float | None, stream: bool, lumps: Lumps, on_disconnect: str
) -> None:
    """Whoever stays to see the end has a complete answer and nobody else; who has left can miss nothing but it."""
    at = endpoint(Phase(1.0, (fault,)), on_disconnect=on_disconnect)
    play = stage(at, lumps=lumps, request=REQUEST._replace(stream=stream))
    play.player.play()
    if leaves_at is not None:
        play.clock.until(leaves_at)
        play.player.abandon()
    play.clock.until(HORIZON)
    saw_end = any(
        step == Event("message_stop") or (isinstance(step, Answer) and step.end >= 1.0) for _, step in play.sink.seen
    )
    is_complete = play.ticket.record().is_complete
    assert is_complete >= saw_end
    if leaves_at is None or on_disconnect == "cancel":
        assert is_complete is saw_end


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
@pytest.mark.parametrize("leaving", ["cancel", "finish"])
def test_an_answer_nobody_waits_for_is_complete_if_it_is_finished(leaving: str, stream: bool) -> None:
    """With `on_disconnect: finish` the whole answer is made, with `cancel` it is not."""
    play = stage(endpoint(on_disconnect=leaving), request=REQUEST._replace(stream=stream))
    play.player.play()
    play.clock.until(1.5)
    play.player.abandon()
    play.clock.until(HORIZON)
    assert play.ticket.record().is_complete is (leaving == "finish")


@given(st.integers(1, 20), lumping)
def test_cancelled_work_sets_no_timer_when_a_step_made_the_client_leave(steps: int, lumps: Lumps) -> None:
    """Once the client has left in the middle of a step, nothing is planned any more."""
    play = stage(lumps=lumps)

    def leave_after(step: Step) -> None:
        if len(play.sink.seen) >= steps:
            play.player.abandon()
            play.sink.on_step = lambda step: None

    play.sink.on_step = leave_after
    play.player.play()
    while not play.player.is_over:
        play.clock.until(play.clock.pending[0][0])
    assert play.clock.is_idle


@given(faults, st.floats(1.2, 4.0))
def test_who_leaves_because_of_what_a_strike_brought_is_gone(fault: Fault, instant: float) -> None:
    """What was due is sent before the fault takes effect; if that makes the client leave, nothing follows."""
    at = endpoint(Phase(instant), Phase(1.0, (fault,), hits_in_flight=True))
    play = stage(at, lumps="always")
    play.player.play()
    play.clock.until(instant)

    def leave(step: Step) -> None:
        play.sink.on_step = lambda step: None
        play.player.abandon()

    play.sink.on_step = leave
    before = len(play.sink.seen)
    at.begin_phase(1)
    play.player.strike()
    if len(play.sink.seen) > before:
        assert (at.slots.busy, play.clock.is_idle, play.player.is_over) == (0, True, True)
        assert not play.ticket.has_fired or play.sink.tokens == 0


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0.0, 3.0)), min_size=1, max_size=4))
def test_delays_do_not_add_up(delays: list[tuple[int, float]]) -> None:
    """A machine that is late with some steps is on time again with the next that is due later."""
    plan = (Head(sse=True), Tokens(20, 0.5), FINISH)
    play = stage(plan=plan)
    play.player.play()
    for turns, late in delays:
        for _ in range(turns):
            if play.clock.pending:
                play.clock.time = max(play.clock.time, play.clock.pending[0][0]) + late
                play.clock.until(play.clock.time)
    play.clock.until(HORIZON)
    late_by = [seen - due for (seen, _), (due, _) in zip(play.sink.seen, timetable(plan), strict=True)]
    assert all(late >= -1e-9 for late in late_by)
    assert play.sink.tokens == 20
    assert late_by[-1] <= max(late for _, late in delays) + 1e-9
    assert play.ticket.lateness == pytest.approx(max(late_by), abs=1e-6)


def test_who_has_vanished_is_answered_to_the_end() -> None:
    """That the client leaves does not reach the service: it holds the slot, though it would drop the work of others."""
    at = endpoint(Phase(1.0, (FAULTS["nat_death"].model_validate({"kind": "nat_death", "at": {"tokens": 3}}),)))
    play = stage(at)
    play.player.play()
    play.clock.until(60.0)
    play.player.abandon()
    assert play.sink.tokens == 3
    play.clock.until(HORIZON)
    assert play.player.is_over
    served = play.ticket.record()
    assert (served.left, served.is_complete, at.slots.busy) == (None, True, 0)


class Taking(Paper):
    """Takes together what may come so, and writes it down step by step."""

    def takes_whole(self) -> None:
        self._take(WHOLE)

    def takes_beginning(self) -> None:
        self._take(BEGINNING)

    def takes_end(self) -> None:
        self._take(ENDED[1:])  # behind the release of its slot

    def _take(self, steps: Plan) -> None:
        for step in steps:
            self.emit(step)


@dataclass(frozen=True)
class Course:
    """What happens to two requests for one slot."""

    stream: bool
    lumps: Lumps
    fault: Fault
    before: bool
    """Whether the fault is in force from the beginning, or strikes at its time."""
    strikes: float
    leaves: tuple[float, ...]
    """When the first client does, if it does."""
    on_disconnect: str

    def played(self, knows_usual: bool) -> tuple[list[list[tuple[float, Step]]], list[Served]]:
        """What the clients see, and what the service has in its journal."""
        first = (self.fault,) if self.before else ()
        phases = (Phase(self.strikes, first), Phase(1.0, (self.fault,), hits_in_flight=True))
        at, clock = endpoint(*phases, on_disconnect=self.on_disconnect), Crank()
        sinks, players = list[Taking](), list[Player]()
        for who in (REQUEST, NEXT):
            sink = Taking(clock, self.lumps)
            ticket = at.answer(who._replace(stream=self.stream), clock.time, is_fresh=True)
            if knows_usual:
                usual = UsualPlayer(at, ticket, clock, sink)
                usual.start()
                players.append(usual)
            else:
                players.append(Player(at, ticket, clock, sink))
                players[-1].play()
            sinks.append(sink)
        for when, strikes in sorted([(self.strikes, True), *((leaves, False) for leaves in self.leaves)]):
            clock.until(when)
            if strikes:
                at.begin_phase(1)
                for player in players:
                    player.strike()
            else:
                players[0].abandon()
        clock.until(HORIZON)
        return [sink.seen for sink in sinks], at.journal()


@given(
    st.builds(
        Course,
        st.booleans(),
        lumping,
        faults,
        st.booleans(),
        instants,
        st.lists(instants, max_size=1).map(tuple),
        st.sampled_from(["cancel", "finish"]),
    )
)
def test_who_knows_the_usual_plans_plays_what_they_say(course: Course) -> None:
    """Whatever strikes, and whoever leaves, when: the same is seen at the same time, and the journal is the same."""
    assert course.played(knows_usual=True) == course.played(knows_usual=False)
