"""Virtual time: what lanes save must not show in what fires, when, or in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from simpy import Event

from brownout.harness.drivers.sim.clock import SimClock

LENGTHS = (0.3, 1.0, 10.0)
"""Seconds that have a lane, in the runs that have lanes."""
DELAYS = (0.0, 0.1, 0.2, 0.3, 0.7, 1.0, 9.0, 9.7, 10.0)
"""Seconds chosen so that sums of them tie, and so that some of those sums are rounded."""


@dataclass(frozen=True)
class Setting:
    """A timer, and what its firing does: call off timers by their number, then set others."""

    delay: float
    is_absolute: bool = False
    cancels: tuple[int, ...] = ()
    then: tuple[Setting, ...] = ()


class Fired(NamedTuple):
    number: int
    at: float


def play(lanes: Iterable[float], settings_: Iterable[Setting]) -> list[Fired]:
    """Set the timers, let the clock run out, and tell what fired. Timers are numbered as they are set."""
    clock = SimClock(lanes)
    handles: list[Any] = []
    fired: list[Fired] = []

    def set_one(setting: Setting) -> None:
        which = (len(handles), setting)
        if setting.is_absolute:
            handles.append(clock.at(clock.now() + setting.delay, fire, which))
        else:
            handles.append(clock.timer(setting.delay, fire, which))

    def fire(which: tuple[int, Setting], _: object) -> None:
        number, setting = which
        fired.append(Fired(number, clock.now()))
        for victim in setting.cancels:
            if victim < len(handles):
                handles[victim].cancel()
        for following in setting.then:
            set_one(following)

    for setting in settings_:
        set_one(setting)
    clock.env.run()
    return fired


def setting_of(then: st.SearchStrategy[tuple[Setting, ...]]) -> st.SearchStrategy[Setting]:
    return st.builds(
        Setting,
        st.sampled_from(DELAYS),
        st.booleans(),
        st.lists(st.integers(0, 20), max_size=3).map(tuple),
        then,
    )


TIMERS = st.recursive(
    setting_of(st.just(())),
    lambda inner: setting_of(st.lists(inner, max_size=4).map(tuple)),
    max_leaves=20,
)
SCHEDULES = st.lists(TIMERS, min_size=1, max_size=8)

TIE_BEHIND_A_HEAD = [
    Setting(10.0),  # the head of its lane
    Setting(1.0, then=(Setting(10.0), Setting(10.0, is_absolute=True))),  # behind it; not in a lane
]


@given(SCHEDULES)
@example(TIE_BEHIND_A_HEAD)
@settings(max_examples=250)
def test_lanes_change_neither_order_nor_time(schedule: list[Setting]) -> None:
    """Whatever is set and called off, and when, fires alike with and without lanes, ties included."""
    assert play(LENGTHS, schedule) == play((), schedule)


@given(SCHEDULES, st.sampled_from([(), LENGTHS]))
@settings(max_examples=100)
def test_ties_fire_in_the_order_in_which_they_were_set(schedule: list[Setting], lanes: tuple[float, ...]) -> None:
    """Timers fire in the order of (time, number), the number being how many were set before."""
    fired = play(lanes, schedule)
    assert fired == sorted(fired, key=lambda one: (one.at, one.number))


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_at_fires_at_that_very_time(start: float, when: float) -> None:
    """A timer for a time fires at that time to the last bit, or at once when it is past."""
    clock, seen = SimClock(), list[float]()

    def note(*_: object) -> None:
        seen.append(clock.now())

    def set_it(*_: object) -> None:
        clock.at(when, note, None)

    clock.timer(start, set_it, None)
    clock.env.run()
    assert seen == [max(start, when)]


def test_of_a_lane_only_its_head_is_in_the_heap() -> None:
    """However many limits are set, and whenever, one event stands for all of them."""
    clock, sizes = SimClock(lanes=(10.0,)), list[int]()

    def set_another(left: int, _: object) -> None:
        clock.timer(10.0, lambda *_: None, None)
        sizes.append(len(clock.env._queue))
        if left:
            clock.timer(1.0, set_another, left - 1)

    clock.timer(0.0, set_another, 50)
    clock.env.run()
    assert len(sizes) == 51
    assert max(sizes) == 1


def test_processes_of_simpy_run_beside_timers() -> None:
    """In the order of (time, number), whoever set them."""
    clock, seen = SimClock(), list[tuple[str, float]]()

    def process() -> Iterator[Event]:
        for _ in range(2):
            yield clock.env.timeout(1.0)
            seen.append(("process", clock.now()))
        raise ValueError("at its end")

    clock.timer(1.0, lambda *_: seen.append(("timer", clock.now())), None)
    clock.env.process(process())
    clock.timer(2.0, lambda *_: seen.append(("timer", clock.now())), None)
    with pytest.raises(ValueError, match="at its end"):
        clock.env.run(until=9.0)
    assert seen == [("timer", 1.0), ("process", 1.0), ("timer", 2.0), ("process", 2.0)]


def test_the_clock_stops_before_what_is_due_then() -> None:
    clock, seen = SimClock(), list[float]()
    for at in (1.0, 2.0):
        clock.timer(at, lambda *_: seen.append(clock.now()), None)
    clock.env.run(until=2.0)
    assert (seen, clock.now()) == ([1.0], 2.0)
    clock.env.run(until=3.0)
    assert (seen, clock.now()) == ([1.0, 2.0], 3.0)


def test_what_was_called_off_costs_no_event() -> None:
    """Of a thousand limits that were called off, only the one in the heap is ever looked at again."""
    clock, events = SimClock(lanes=(600.0,)), 0
    for _ in range(1000):
        clock.timer(600.0, lambda *_: None, None).cancel()
    while clock.env.peek() < inf:
        clock.env.step()
        events += 1
    assert events == 1
