"""Queues in virtual time, and what a program makes in one time and uses in another."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import pytest

from brownout.fakes.virtual.world import run


def now() -> float:
    return time.monotonic()


EARLY_SEMAPHORE = threading.BoundedSemaphore(2)
EARLY_EVENT = threading.Event()
EARLY_QUEUE: queue.Queue[int] = queue.Queue(1)
EARLY_CONDITION = threading.Condition()
"""What a program makes when it is imported, before there is a virtual time."""


@pytest.mark.parametrize("make", [queue.Queue, queue.LifoQueue, queue.PriorityQueue])
def test_queues(make: Callable[[int], queue.Queue[int]]) -> None:
    def main() -> None:
        items = make(2)
        with pytest.raises(queue.Empty):
            items.get(timeout=3)
        items.put(1)
        items.put(2)
        with pytest.raises(queue.Full):
            items.put(3, timeout=4)
        assert now() == 7

        def consume() -> None:
            for _ in range(3):
                time.sleep(10)
                items.get()
                items.task_done()

        threading.Thread(target=consume).start()
        items.put(3)
        assert now() == 17
        items.join()
        assert now() == 37

    run(main)


def test_simple_queues() -> None:
    def main() -> None:
        items: queue.SimpleQueue[int] = queue.SimpleQueue()
        with pytest.raises(queue.Empty):
            items.get(timeout=3)
        threading.Timer(3, items.put, (1,)).start()
        assert (items.get(), now()) == (1, 6)
        with pytest.raises(queue.Empty):
            items.get_nowait()

    run(main)


@pytest.mark.parametrize("world", ["first", "second"])
def test_what_was_made_before_works_inside(world: str) -> None:
    def main() -> list[float]:
        seen: list[float] = []

        def hold() -> None:
            with EARLY_SEMAPHORE:
                time.sleep(1)
            EARLY_EVENT.wait()
            EARLY_QUEUE.put(1)
            with EARLY_CONDITION:
                assert not EARLY_CONDITION.wait(1)
            seen.append(now())

        EARLY_EVENT.clear()
        threading.Timer(5, EARLY_EVENT.set).start()
        threads = [threading.Thread(target=hold) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(4):
            time.sleep(10)
            EARLY_QUEUE.get()
        for thread in threads:
            thread.join()
        return seen

    assert run(main) == [6, 11, 21, 31]


def test_what_was_made_inside_works_in_the_next_world_and_outside() -> None:
    """A program makes a thing once, when it is first needed, and keeps it."""
    lock, event, items = run(lambda: (threading.Lock(), threading.Event(), queue.SimpleQueue[float]()))

    def main() -> float:
        event.clear()

        def hold() -> None:
            with lock:
                event.set()
                time.sleep(10)
            items.put(now())

        threading.Thread(target=hold).start()
        event.wait()
        with lock:
            return items.get() + now()

    assert [run(main), run(main)] == [20, 20]
    outside = threading.Thread(target=lambda: (lock.acquire(), items.put(1.0), lock.release()))
    with lock:
        outside.start()
    outside.join()
    assert items.get() == 1.0
