"""The engine by itself: what a layer is sent, when, and what happens to what it no longer waits for."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from brownout.harness.policies.effects import (
    Arm,
    Attempt,
    Expired,
    Race,
    Read,
    Scope,
    Sleep,
    Steps,
    Timeouts,
    Turn,
    Wait,
)
from brownout.harness.policies.outcome import OK, Outcome

from .hand_cranked import Bench, a_call

Layer = Generator[Any, Any, Any]
BAD = Outcome("status", status=529)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def attempt() -> Attempt:
    return Attempt(a_call(), Timeouts())


def good(outcome: Outcome) -> bool:
    return outcome.is_ok


def one_attempt(log: list[str] | None = None, name: str = "") -> Layer:
    """A branch: one attempt, and a note when it is closed."""
    try:
        return (yield attempt())
    except GeneratorExit:
        if log is not None:
            log.append(f"{name} closed")
        raise


def ended(outcome: Outcome) -> Layer:
    """A branch that is over at once."""
    return outcome
    yield


def slept(seconds: float, outcome: Outcome) -> Layer:
    yield Sleep(seconds)
    return outcome


def race(*branches: Layer) -> Layer:
    return (yield Race(branches, good))


def limited(seconds: float, inner: Layer, name: str = "too late") -> Layer:
    """A deadline as a layer would write it."""
    scope = yield Arm(seconds)
    try:
        return (yield from inner)
    except Expired as expired:
        if expired.scope is not scope:
            raise
        return name
    finally:
        scope.disarm()


# -- one layer


def test_a_layer_is_sent_what_came_of_each_effect(bench: Bench) -> None:
    """Sleep is answered with None, Attempt and Read with the outcome, Arm at once with a scope."""
    sent: list[Any] = []

    def layer() -> Layer:
        sent.append((yield Sleep(2.0)))
        sent.append((yield attempt()))
        sent.append((yield Read(None)))
        sent.append(type((yield Arm(9.0))))
        return "end"

    bench.start(layer())
    bench.port.advance(2.0)
    opened = Outcome("opened")
    bench.port.open[0].answer(opened)
    bench.port.open[0].answer(OK)
    assert sent == [None, opened, OK, Scope]
    assert bench.ends == [("end", None)]


def test_a_layer_that_waits_for_nothing_ends_at_once(bench: Bench) -> None:
    """Its end is told before `start` returns, and nothing is asked of the port."""
    bench.start(ended(OK))
    assert bench.ends == [(OK, None)]
    assert bench.port.asked == []


@pytest.mark.parametrize("not_an_effect", [None, 3.0, "sleep", Sleep, (Sleep(1.0),)])
def test_what_is_not_an_effect_is_a_type_error_in_the_layer(bench: Bench, not_an_effect: object) -> None:
    """The error is raised where the layer yielded, so that its `finally` runs and it may even go on."""

    def layer() -> Layer:
        with pytest.raises(TypeError, match="not an effect"):
            yield not_an_effect
        return (yield attempt())

    bench.start(layer())
    bench.port.open[0].answer(OK)
    assert bench.ends == [(OK, None)]


def test_what_a_layer_raises_is_told_to_whoever_started_it(bench: Bench) -> None:
    """An error of a layer ends it, and nothing that was asked for stays under way."""
    error = ValueError("a defect")

    def layer() -> Layer:
        yield Sleep(1.0)
        raise error

    bench.start(limited(5.0, layer()))
    bench.port.advance(1.0)
    assert bench.ends == [(None, error)]
    assert bench.port.open == []


def test_an_error_of_the_port_is_raised_in_the_layer(bench: Bench) -> None:
    """A backend that fails for a reason of its own says so where the layer waits."""
    error = RuntimeError("the port's own")
    bench.start(one_attempt())
    bench.port.open[0].answer(None, error)
    assert bench.ends == [(None, error)]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_wish_to_stop_is_no_end_of_a_layer(bench: Bench, stop: type[BaseException]) -> None:
    """Ctrl-C that hits inside a layer stops the run; it is not filed as that call's failure."""

    def layer() -> Layer:
        yield Sleep(1.0)
        raise stop

    bench.start(layer())
    with pytest.raises(stop):
        bench.port.advance(1.0)
    assert bench.ends == []


def test_cancelling_stops_the_effect_first_and_tells_nothing(bench: Bench) -> None:
    """What is waited for is called off before the layer is closed, and its end is told to nobody."""
    seen: list[bool] = []

    def layer() -> Layer:
        try:
            yield attempt()
        finally:
            seen.append(bench.port.asked[0].is_cancelled)

    node = bench.start(layer())
    node.cancel()
    node.cancel()  # once more does nothing
    assert seen == [True]
    assert bench.ends == []


def test_cancelling_what_has_ended_does_nothing(bench: Bench) -> None:
    """Who cancels a moment too late takes nothing back."""
    node = bench.start(one_attempt())
    bench.port.open[0].answer(OK)
    node.cancel()
    assert bench.ends == [(OK, None)]


@pytest.mark.parametrize("end", ["cancelled", "answered"])
def test_late_echoes_are_ignored(bench: Bench, end: str) -> None:
    """An answer that comes after a layer is over, for whatever reason, changes nothing."""
    node = bench.start(one_attempt())
    [pending] = bench.port.open
    if end == "cancelled":
        node.cancel()
    else:
        pending.answer(OK)
    before = list(bench.ends)
    pending.answer(BAD)
    pending.answer(None, RuntimeError("late"))
    assert bench.ends == before


# -- limits


@pytest.mark.parametrize("first", ["answer", "limit"])
def test_of_an_answer_and_a_limit_at_one_instant_the_first_counts(bench: Bench, first: str) -> None:
    """The other is called off; even if it comes all the same, it changes nothing."""
    bench.start(limited(1.0, one_attempt()))
    limit, answer = bench.port.asked
    if first == "limit":
        limit.fire()
        assert answer.is_cancelled
        answer.answer(OK)
    else:
        answer.answer(OK)
        assert limit.is_cancelled
        limit.fire()
    assert bench.ends == [("too late" if first == "limit" else OK, None)]


def test_a_limit_that_fires_calls_off_what_is_waited_for(bench: Bench) -> None:
    """The attempt is called off before the layer hears of its limit, and hears which one it was."""
    seen: list[bool] = []

    def layer() -> Layer:
        scope = yield Arm(5.0)
        try:
            yield attempt()
        except Expired as expired:
            seen.append(bench.port.asked[1].is_cancelled)
            return expired.scope is scope

    bench.start(layer())
    bench.port.advance(5.0)
    assert seen == [True]
    assert bench.ends == [(True, None)]


def test_a_layer_goes_on_after_its_limit(bench: Bench) -> None:
    """A limit is no end: what the layer then asks for is asked of the port, and answered."""

    def layer() -> Layer:
        first = yield from limited(5.0, one_attempt())
        return first, (yield attempt())

    bench.start(layer())
    bench.port.advance(5.0)
    bench.port.open[0].answer(OK)
    assert bench.ends == [(("too late", OK), None)]


@pytest.mark.parametrize("end", ["answered", "cancelled", "failed"])
def test_a_limit_is_disarmed_in_finally(bench: Bench, end: str) -> None:
    """However a layer ends, its limit ends with it."""
    node = bench.start(limited(5.0, one_attempt()))
    if end == "answered":
        bench.port.asked[1].answer(OK)
    elif end == "failed":
        bench.port.asked[1].answer(None, RuntimeError("a defect"))
    else:
        node.cancel()
    assert bench.port.open == []
    before = list(bench.ends)
    bench.port.asked[0].fire()
    assert bench.ends == before


def test_disarming_is_idempotent(bench: Bench) -> None:
    """A scope may be disarmed twice, and after it has expired."""

    def layer() -> Layer:
        scope = yield Arm(1.0)
        with pytest.raises(Expired):
            yield Sleep(5.0)
        scope.disarm()
        scope.disarm()
        return "end"

    bench.start(layer())
    bench.port.advance(1.0)
    assert bench.ends == [("end", None)]


@pytest.mark.parametrize(
    ("outer", "inner", "end"),
    [(5.0, 2.0, "inner"), (2.0, 5.0, "outer"), (2.0, 2.0, "outer")],
)
def test_of_nested_limits_each_is_caught_by_its_own_layer(bench: Bench, outer: float, inner: float, end: str) -> None:
    """An inner layer lets an outer limit pass; of two due at once the one armed first counts."""
    bench.start(limited(outer, limited(inner, one_attempt(), "inner"), "outer"))
    bench.port.advance(10.0)
    assert bench.ends == [(end, None)]
    assert bench.port.open == []


def test_an_outer_limit_still_counts_after_an_inner_one(bench: Bench) -> None:
    """The inner limit ends what is inside it; the outer one goes on from where it was."""

    def layer() -> Layer:
        yield from limited(2.0, one_attempt())
        return (yield attempt())

    bench.start(limited(5.0, layer(), "outer"))
    bench.port.advance(4.9)
    assert bench.ends == []
    bench.port.advance(0.2)
    assert bench.ends == [("outer", None)]


def test_a_limit_that_nobody_catches_ends_the_layer(bench: Bench) -> None:
    """`Expired` is no `Exception`: a layer that catches those lets it pass, and its end is told."""

    def layer() -> Layer:
        yield Arm(1.0)
        try:
            yield attempt()
        except Exception:
            return "swallowed"

    bench.start(layer())
    bench.port.advance(1.0)
    [(value, error)] = bench.ends
    assert value is None
    assert isinstance(error, Expired)


# -- races


def test_the_first_good_answer_decides_a_race(bench: Bench) -> None:
    """A bad one is waited past; the race is answered with the index and the value of the good one."""
    bench.start(race(one_attempt(), one_attempt(), one_attempt()))
    first, second, third = bench.port.open
    first.answer(BAD)
    assert bench.ends == []
    third.answer(OK)
    assert bench.ends == [((2, OK), None)]
    assert second.is_cancelled


def test_losers_are_closed_before_the_race_is_answered(bench: Bench) -> None:
    """What a loser holds is given back before the winner's caller goes on."""
    log: list[str] = []

    def layer() -> Layer:
        yield from race(one_attempt(log, "a"), one_attempt(log, "b"), one_attempt(log, "c"))
        log.append("answered")

    bench.start(layer())
    bench.port.open[1].answer(OK)
    assert log == ["a closed", "c closed", "answered"]


def test_the_last_of_only_losers_decides(bench: Bench) -> None:
    """If nobody's answer is good it is that of whoever finished last, not that of the last branch."""
    bench.start(race(one_attempt(), one_attempt(), one_attempt()))
    for i in (2, 0, 1):
        bench.port.asked[i].answer(Outcome("status", status=500 + i))
    assert bench.ends == [((1, Outcome("status", status=501)), None)]


def test_a_tie_goes_to_whoever_was_called_back_first(bench: Bench) -> None:
    """Of two good answers at one instant the first decides; the other comes too late to matter."""
    bench.start(race(slept(2.0, OK), slept(1.0, BAD), slept(2.0, OK)))
    late = bench.port.asked[2]
    bench.port.advance(2.0)
    assert bench.ends == [((0, OK), None)]
    assert late.is_cancelled
    late.fire()
    assert bench.ends == [((0, OK), None)]


def test_an_error_in_a_branch_is_raised_in_the_parent(bench: Bench) -> None:
    """The others are closed first, as for any end of the race."""
    error, log = ValueError("a defect"), list[str]()

    def broken() -> Layer:
        yield Sleep(1.0)
        raise error

    bench.start(race(one_attempt(log, "a"), broken()))
    bench.port.advance(1.0)
    assert log == ["a closed"]
    assert bench.ends == [(None, error)]


def test_a_parent_may_go_on_after_an_error_in_a_branch(bench: Bench) -> None:
    """It is raised where the parent waits for the race, even if the branch fails at once."""

    def broken() -> Layer:
        raise ValueError("a defect")
        yield

    def layer() -> Layer:
        with pytest.raises(ValueError, match="a defect"):
            yield Race((broken(), one_attempt()), good)
        return (yield attempt())

    bench.start(layer())
    [pending] = bench.port.asked
    pending.answer(OK)
    assert bench.ends == [(OK, None)]


def test_a_branch_that_wins_at_once_leaves_the_others_unstarted(bench: Bench) -> None:
    """Those before it are closed, those after it never ask for anything."""
    log: list[str] = []

    def unstarted() -> Layer:
        log.append("started")
        yield attempt()

    bench.start(race(one_attempt(log, "a"), ended(OK), unstarted()))
    assert bench.ends == [((1, OK), None)]
    assert log == ["a closed"]
    assert len(bench.port.asked) == 1


def test_branches_that_all_lose_at_once(bench: Bench) -> None:
    """The last of them decides, though nothing was ever waited for."""
    bench.start(race(ended(BAD), ended(BAD._replace(status=500))))
    assert bench.ends == [((1, BAD._replace(status=500)), None)]


def test_a_parent_that_goes_on_at_once_keeps_what_it_then_waits_for(bench: Bench) -> None:
    """The rest of a race that is already decided must not disturb it."""

    def layer() -> Layer:
        yield from race(ended(OK), one_attempt())
        return (yield attempt())

    node = bench.start(layer())
    [pending] = bench.port.open
    assert node.pending is pending
    pending.answer(OK)
    assert bench.ends == [(OK, None)]


def test_nested_races_end_with_the_outer_one(bench: Bench) -> None:
    """Once the outer race is decided the inner one is called off, innermost layers first."""
    log: list[str] = []

    def inner() -> Layer:
        try:
            _, outcome = yield Race((one_attempt(log, "a"), one_attempt(log, "b")), good)
            return outcome
        except GeneratorExit:
            log.append("inner closed")
            raise

    bench.start(race(inner(), one_attempt(log, "c")))
    bench.port.asked[2].answer(OK)
    assert bench.ends == [((1, OK), None)]
    assert log == ["a closed", "b closed", "inner closed"]
    assert bench.port.open == []


def test_nested_races_are_decided_from_the_inside(bench: Bench) -> None:
    """A good answer in an inner race decides both."""

    def inner() -> Layer:
        _, outcome = yield Race((one_attempt(), one_attempt()), good)
        return outcome

    bench.start(race(one_attempt(), inner()))
    bench.port.asked[2].answer(OK)
    assert bench.ends == [((1, OK), None)]
    assert bench.port.open == []


def test_a_limit_that_expires_calls_a_race_off(bench: Bench) -> None:
    """The branches are closed and hear nothing of the limit; late answers to them are ignored."""
    log: list[str] = []
    bench.start(limited(5.0, race(one_attempt(log, "a"), one_attempt(log, "b"))))
    first, second = bench.port.asked[1:]
    bench.port.advance(5.0)
    assert log == ["a closed", "b closed"]
    assert bench.ends == [("too late", None)]
    first.answer(OK)
    second.answer(OK)
    assert bench.ends == [("too late", None)]


def test_a_limit_within_a_branch_ends_that_branch_alone(bench: Bench) -> None:
    """The race goes on with the others."""

    def hurried() -> Layer:
        yield from limited(1.0, one_attempt())
        return BAD

    bench.start(race(hurried(), one_attempt()))
    bench.port.advance(1.0)
    assert bench.ends == []
    [pending] = bench.port.open
    pending.answer(OK)
    assert bench.ends == [((1, OK), None)]


def test_cancelling_the_parent_closes_every_branch(bench: Bench) -> None:
    """What lost before is over, and is not closed again."""
    log: list[str] = []
    node = bench.start(race(one_attempt(log, "a"), one_attempt(log, "b"), one_attempt(log, "c")))
    bench.port.open[1].answer(BAD)
    node.cancel()
    assert log == ["a closed", "c closed"]
    assert bench.ends == []
    assert bench.port.open == []


# -- waiting for a turn


def test_a_turn_that_has_come_is_not_waited_for() -> None:
    bench, turn = Bench(), Turn()
    turn.comes()
    bench.start(in_turn(turn))
    assert bench.ends == [(OK, None)]


def test_a_turn_that_comes_goes_on_by_way_of_the_port() -> None:
    """Whoever makes room is not in the midst of another layer's step when it has come."""
    bench, turn = Bench(), Turn()
    bench.start(in_turn(turn))
    turn.comes()
    assert bench.ends == []
    bench.port.advance(0.0)
    assert bench.ends == [(OK, None)]


def test_a_turn_comes_to_nobody_who_was_closed() -> None:
    """Before it comes, and between its coming and the step that it leads to."""
    for is_early in (True, False):
        bench, turn = Bench(), Turn()
        node = bench.start(in_turn(turn))
        if is_early:
            node.cancel()
            turn.comes()
        else:
            turn.comes()
            node.cancel()
        bench.port.advance(0.0)
        assert bench.ends == []
        assert turn.has_come


def in_turn(turn: Turn) -> Steps:
    yield Wait(turn)
    return OK
