"""Slots and their queue, played by a machine that does whatever clients may do."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from brownout.fakes.capacity import Capacity, Slots
from brownout.fakes.queues import Order, queue


class Client:
    """What stands in the queue."""

    has_slot = is_waiting = False

    def __init__(self, due: float = math.inf) -> None:
        self.due = due


def next_of(order: Order, queued: list[Client]) -> Client:
    """Whose turn it is of those who wait, in the order in which they came."""
    match order:
        case "fifo":
            return queued[0]
        case "lifo":
            return queued[-1]
        case "deadline":
            return min(queued, key=lambda client: client.due)  # the first of those with the least


class SlotsMachine(RuleBasedStateMachine):
    """Clients come, are served and leave; beside the slots stand two plain lists that say who should be where."""

    @initialize(
        slots=st.none() | st.integers(1, 4),
        queue=st.none() | st.integers(0, 4),
        order=st.sampled_from(["fifo", "lifo", "deadline"]),
    )
    def open(self, slots: int | None, queue: int | None, order: Order) -> None:
        self.limit, self.places, self.order = slots, queue, order
        self.slots = Slots(Capacity.model_validate({"slots": slots, "queue": queue, "queue_order": order}))
        self.served: list[Client] = []
        self.queued: list[Client] = []

    @rule(due=st.just(math.inf) | st.integers(1, 3))
    def come(self, due: float) -> None:
        """A free slot is taken; else there is a place in the queue, or there is none."""
        client = Client(due)
        has_room = self.limit is None or len(self.served) < self.limit
        assert self.slots.take(client) is has_room
        is_full = self.places is not None and len(self.queued) >= self.places
        assert self.slots.is_queue_full() is is_full
        if has_room:
            self.served.append(client)
        elif not is_full:
            self.slots.wait(client)
            self.queued.append(client)

    @precondition(lambda self: self.served)
    @rule(which=st.integers(0, 1000))
    def done(self, which: int) -> None:
        """The slot goes to whoever is next of those who stayed."""
        client = self.served.pop(which % len(self.served))
        following = self.slots.release(client)
        expected = next_of(self.order, self.queued) if self.queued else None
        assert following is expected
        if expected is not None:
            self.queued.remove(expected)
            self.served.append(expected)

    @precondition(lambda self: self.queued)
    @rule(which=st.integers(0, 1000))
    def leave_the_queue(self, which: int) -> None:
        """Who leaves while waiting holds nothing, and gives nothing back."""
        client = self.queued.pop(which % len(self.queued))
        self.slots.give_up(client)
        assert self.slots.release(client) is None

    @precondition(lambda self: self.served)
    @rule(which=st.integers(0, 1000))
    def repeat_oneself(self, which: int) -> None:
        """Giving up a place one does not have, or a slot twice, changes nothing."""
        client = self.served[which % len(self.served)]
        self.slots.give_up(client)
        stranger: Any = Client()
        assert self.slots.release(stranger) is None

    @invariant()
    def the_books_are_right(self) -> None:
        """Never more busy than there are slots, nobody in two places, and nobody waits beside a free slot."""
        if not hasattr(self, "slots"):
            return
        assert (self.slots.busy, self.slots.waiting) == (len(self.served), len(self.queued))
        assert all(client.has_slot and not client.is_waiting for client in self.served)
        assert all(client.is_waiting and not client.has_slot for client in self.queued)
        if self.limit is not None:
            assert self.slots.busy <= self.limit
            assert not self.queued or self.slots.busy == self.limit

    def teardown(self) -> None:
        """When everybody has left, nothing is taken."""
        if hasattr(self, "slots"):
            for client in (*self.queued, *self.served):
                self.slots.give_up(client)
            for client in self.served:
                assert self.slots.release(client) is None
            assert (self.slots.busy, self.slots.waiting) == (0, 0)


TestSlots = SlotsMachine.TestCase


@pytest.mark.parametrize(("busy", "stretch"), [(1, 1.0), (2, 1.125), (3, 1.25), (4, 1.375)])
def test_load_lengthens_an_answer(busy: int, stretch: float) -> None:
    """Each slot that is busy besides one's own adds its part of the slowdown; an idle service adds none."""
    slots = Slots(Capacity.model_validate({"slots": 4, "slowdown": 0.5}))
    for _ in range(busy):
        slots.take(Client())
    assert slots.stretch() == pytest.approx(stretch)


def test_without_a_limit_there_is_no_load() -> None:
    """A service without a number of slots is never slower for what it does."""
    slots = Slots(Capacity.model_validate({"slowdown": 2.0}))
    for _ in range(100):
        assert slots.take(Client())
    assert slots.stretch() == 1.0


@pytest.mark.parametrize("order", ["fifo", "lifo", "deadline"])
def test_who_has_left_does_not_pile_up(order: Order) -> None:
    """Under an overload that never ends most leave before it is their turn: a queue does not keep them for ever."""
    slots, last = Slots(Capacity.model_validate({"slots": 1, "queue_order": order})), Client()
    assert slots.take(last)
    for k in range(5000):
        slots.wait(impatient := Client(due=5000 - k))
        slots.wait(patient := Client(due=5000 - k))
        slots.give_up(impatient)
        assert slots.release(last) is patient
        last = patient
    assert len(slots._queue) < 200


@pytest.mark.parametrize("order", ["fifo", "lifo", "deadline"])
def test_an_empty_queue_is_empty(order: Order) -> None:
    """Also after somebody has been in it."""
    line = queue(order)
    assert not line
    line.append(Client())
    assert line
    line.popleft()
    assert not line
