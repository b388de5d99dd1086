"""What the service can do at once: slots, and a queue in front of them. No clock, no I/O."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .queues import Order, Queue, Waiter, queue


class Capacity(BaseModel):
    """Slots for answers being made, and what becomes of work whose client has left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slots: Annotated[int | None, Field(gt=0, description="answers made at once; not given: no limit")] = None
    queue: Annotated[int | None, Field(ge=0, description="how many wait beyond that before a 529; no limit")] = None
    queue_order: Annotated[
        Order,
        Field(
            description="who is next: whoever came first, or last, or whose patience ends first, as far as requests "
            "tell it (the SDK's `x-stainless-read-timeout`); among equals, whoever came first"
        ),
    ] = "fifo"
    on_disconnect: Annotated[
        Literal["finish", "cancel"], Field(description="whether abandoned work is finished or dropped")
    ] = "cancel"
    slowdown: Annotated[
        float, Field(ge=0, description="how much longer an answer takes with every slot busy: 0.5 is half again")
    ] = 0.0


class Slots:
    """Counts slots and keeps the queue. Who left while waiting is skipped when its turn comes."""

    __slots__ = ("_capacity", "_limit", "_queue", "busy", "waiting")

    def __init__(self, capacity: Capacity) -> None:
        self._capacity = capacity
        self._limit = capacity.slots
        self._queue: Queue = queue(capacity.queue_order)
        self.busy = 0
        self.waiting = 0

    def take(self, waiter: Waiter) -> bool:
        """Give the waiter a slot if one is free."""
        limit = self._limit
        if limit is not None and self.busy >= limit:
            return False
        self.busy += 1
        waiter.has_slot = True
        return True

    def is_one_free(self) -> bool:
        return self._limit is None or self.busy < self._limit

    def is_queue_full(self) -> bool:
        limit = self._capacity.queue
        return limit is not None and self.waiting >= limit

    def wait(self, waiter: Waiter) -> None:
        """Stand in the queue."""
        waiter.is_waiting = True
        self.waiting += 1
        self._queue.append(waiter)

    def give_up(self, waiter: Waiter) -> None:
        """Leave the queue; nothing happens to one that is not in it."""
        if waiter.is_waiting:
            waiter.is_waiting = False
            self.waiting -= 1

    def release(self, waiter: Waiter) -> Waiter | None:
        """Give a slot back, at most once; returns who has it now, if somebody was waiting."""
        if not waiter.has_slot:
            return None
        waiter.has_slot = False
        queue = self._queue
        while queue:
            following = queue.popleft()
            if following.is_waiting:
                following.is_waiting = False
                self.waiting -= 1
                following.has_slot = True
                return following
        self.busy -= 1
        return None

    def stretch(self) -> float:
        """By what load lengthens an answer whose slot was granted now."""
        slots, slowdown = self._capacity.slots, self._capacity.slowdown
        if not slowdown or not slots:
            return 1.0
        return 1.0 + slowdown * (self.busy - 1) / slots
