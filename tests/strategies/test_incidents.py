"""Phases and incidents that are drawn: what breaks a program shrinks to the smallest that does."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anthropic
import pytest
from anthropic.types import Message
from hypothesis import given, settings

import brownout
from brownout import faults as functions
from brownout.fakes.faults import Fault
from brownout.fakes.timeline import Phase
from brownout.harness.scenario import Scenario
from brownout.harness.testing.checked import NeverEnds
from brownout.strategies import incident, incidents, phases, timelines

from .smallest import printed, smallest

ASK: Any = {"model": "claude-sonnet-5-5", "max_tokens": 300, "messages": [{"role": "user", "content": "Hello"}]}


CLIENT = anthropic.Anthropic(api_key="k", max_retries=0)
"""One for all: to make one takes longer than most examples."""


def plain(max_retries: int) -> None:
    CLIENT.with_options(max_retries=max_retries).messages.create(**ASK)


def in_time() -> None:
    began = time.monotonic()
    plain(max_retries=10)
    assert time.monotonic() - began < 20.0


def stream() -> None:
    with CLIENT.messages.stream(**ASK) as stream:
        assert stream.get_final_message().stop_reason == "end_turn"


def breaks(program: Callable[[], object]) -> Callable[[Scenario], bool]:
    """Whether the program does not get through an incident."""

    def is_broken(incident: Scenario) -> bool:
        with brownout.virtual(incident):
            try:
                program()
            except Exception:
                return True
        return False

    return is_broken


def all_faults(incident: Scenario) -> list[Any]:
    return [fault for phase in incident.timeline for fault in phase.faults]


@pytest.mark.parametrize(
    ("is_it", "shown"),
    [
        (lambda it: True, "incident(phase('100ms', overload()))"),
        (lambda it: any(each.kind == "truncate" for each in all_faults(it)), "incident(phase('100ms', truncate()))"),
        (
            lambda it: any(each.kind == "stall" and each.seconds and each.seconds > 10 for each in all_faults(it)),
            "incident(phase('100ms', stall(for_='30s')))",
        ),
        (
            lambda it: any(phase.hits for phase in it.timeline),
            "incident(phase('100ms', overload(), hits='in_flight'))",
        ),
        (
            lambda it: sum(bool(phase.faults) for phase in it.timeline) > 1,
            "incident(phase('100ms', overload()), phase('100ms', overload()))",
        ),
    ],
)
def test_it_shrinks_to_the_simplest_that_has_it(is_it: Callable[[Scenario], bool], shown: str) -> None:
    assert repr(smallest(incidents(), is_it)) == shown


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        (lambda: plain(max_retries=0), "incident(phase('100ms', overload()))"),
        (lambda: plain(max_retries=2), "incident(phase('2s', overload()))"),
        (in_time, "incident(phase('30s', overload()))"),
    ],
    ids=["no-retries", "two-retries", "in-time"],
)
def test_what_breaks_a_program_shrinks_to_the_smallest_that_does(program: Callable[[], object], shown: str) -> None:
    """Two retries of the SDK last for less than two seconds, ten for longer than anybody should wait."""
    quick_to_say = incidents(kinds=["overload", "rate_limit", "reset"])
    assert repr(smallest(quick_to_say, breaks(program))) == shown


def test_a_kind_is_found_that_breaks_only_streams() -> None:
    found = smallest(incidents(kinds=["truncate", "rate_limit"], streams=True), breaks(stream))
    assert repr(found) == "incident(phase('100ms', rate_limit()))"
    found = smallest(incidents(kinds=["truncate"]), breaks(stream))
    assert repr(found) == "incident(phase('100ms', truncate()))"


@settings(max_examples=40, derandomize=True, database=None)
@given(incidents())
def test_who_tries_for_long_enough_is_answered(incident: Scenario) -> None:
    """And nothing complains of a fault of the incident that did not take effect."""
    with brownout.virtual(incident) as service:
        while service.now < 2 * incident.horizon + 60:
            try:
                if isinstance(CLIENT.messages.create(**ASK, timeout=20.0), Message):
                    return
            except (anthropic.APIError, ValueError):  # the latter of parsers, which the SDK lets through
                pass
            time.sleep(20.0)
        raise AssertionError("never answered")


def test_one_that_does_not_recover_goes_on() -> None:
    [found] = smallest(incidents(recovers=False)).timeline
    assert found.faults
    with brownout.virtual(incident(functions.phase("1s", functions.overload()), recovers=False)) as service:
        time.sleep(3600.0)
        with pytest.raises(anthropic.APIStatusError):
            plain(max_retries=0)
        assert service.trace.statuses == [529]


def test_its_service_is_quick() -> None:
    with brownout.virtual(incident()) as service:
        plain(max_retries=0)
        assert service.now < 0.5


@given(incidents(max_phases=2, max_faults=3, recovers=False))
def test_no_more_is_drawn_than_was_asked_for(incident: Scenario) -> None:
    assert 1 <= len(incident.timeline) <= 2
    assert all(len(phase.faults) <= 3 for phase in incident.timeline)
    assert incident.timeline[-1].faults


@given(phases(min_faults=1, max_faults=4))
def test_every_fault_of_a_phase_can_be_met(phase: Phase) -> None:
    """A scenario says so: it refuses others."""
    assert phase.faults
    assert incident(phase).timeline[0].faults == phase.faults


@given(timelines())
def test_a_timeline_is_what_a_service_takes(timeline: tuple[Phase, ...]) -> None:
    assert all(isinstance(phase, Phase) for phase in timeline)
    assert all(isinstance(fault, Fault) for fault in timeline[-1].faults)


@pytest.mark.parametrize("strategy", [timelines, incidents])
@pytest.mark.parametrize("given", [{"max_phases": 0}, {"max_faults": 0}])
def test_nothing_to_draw_is_refused(strategy: Any, given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least one phase and one fault"):
        strategy(**given)


def test_faults_are_as_many_as_can_be() -> None:
    with pytest.raises(ValueError, match="min_faults"):
        phases(min_faults=3)


def test_what_hypothesis_prints_can_be_pasted() -> None:
    """A timeline too, which has no words of its own."""
    told = printed(incidents(), lambda it: any(each.kind == "reset" for each in all_faults(it)))
    assert "value=incident(phase('100ms', reset()))," in told
    told = printed(timelines(), lambda it: len(it) > 1 and it[0].hits_idle)
    assert "value=(phase('100ms', overload(), hits='idle'), phase('100ms', overload()))," in " ".join(told.split())


def test_a_program_that_never_ends_shrinks_like_any_other() -> None:
    """Behind pings the SDK waits until its time is over, and that is an error that Hypothesis catches."""

    def never_ends(incident: Scenario) -> bool:
        try:
            with brownout.virtual(incident, limit="1h"), suppress(Exception):
                stream()
        except NeverEnds:
            return True
        return False

    drawn = incidents(kinds=["stall"], streams=True, max_phases=1)
    assert repr(smallest(drawn, never_ends)) == "incident(phase('100ms', stall(pings='100ms')))"
