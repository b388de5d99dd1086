"""Locks, and what is made of them: conditions, events, semaphores, barriers and queues."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from brownout.fakes.virtual.world import run


def now() -> float:
    return time.monotonic()


def together(*targets: Callable[[], object]) -> None:
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("make", ["Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition"])
def test_whoever_holds_it_is_alone(make: str) -> None:
    def main() -> list[float]:
        lock, seen = getattr(threading, make)(), list[float]()

        def hold() -> None:
            with lock:
                time.sleep(10)
                seen.append(now())

        together(hold, hold, hold)
        return seen

    assert run(main) == [10, 20, 30]


def test_a_lock_is_waited_for_as_long_as_asked() -> None:
    def main() -> None:
        lock = threading.Lock()
        assert lock.acquire()
        assert not lock.acquire(blocking=False)
        assert not lock.acquire(timeout=5)
        assert now() == 5
        threading.Timer(3, lock.release).start()
        assert lock.acquire(timeout=5)
        assert (now(), lock.locked()) == (8, True)
        lock.release()
        with pytest.raises(RuntimeError):
            lock.release()
        with pytest.raises(ValueError, match="non-blocking"):
            lock.acquire(False, 1)
        with pytest.raises(ValueError, match="non-negative"):
            lock.acquire(True, -2)

    run(main)


def test_who_gives_up_does_not_take_the_turn_of_who_stays() -> None:
    """The lock is let go in the very instant in which the first in the queue has waited long enough."""

    def main() -> list[str]:
        lock, seen = threading.Lock(), list[str]()

        def wait(name: str, timeout: float) -> None:
            if lock.acquire(timeout=timeout):
                seen.append(f"{name} {now():g}")
                lock.release()

        lock.acquire()
        waiting = [threading.Thread(target=wait, args=args) for args in (("brief", 10), ("patient", 100))]
        for thread in waiting:
            thread.start()
        time.sleep(10)
        lock.release()
        for thread in waiting:
            thread.join()
        return seen

    assert "patient 10" in run(main)


def test_a_reentrant_lock_belongs_to_a_thread() -> None:
    def main() -> list[float]:
        lock, seen = threading.RLock(), list[float]()

        def inner() -> None:
            assert not lock.acquire(blocking=False)
            with pytest.raises(RuntimeError):
                lock.release()
            with lock:
                seen.append(now())

        with lock, lock:
            thread = threading.Thread(target=inner)
            thread.start()
            time.sleep(4)
        thread.join()
        return seen

    assert run(main) == [4]


def test_conditions() -> None:
    def main() -> None:
        condition, ready = threading.Condition(), list[int]()

        def produce() -> None:
            for item in range(3):
                time.sleep(1)
                with condition:
                    ready.append(item)
                    condition.notify_all()

        threading.Thread(target=produce).start()
        with condition:
            assert condition.wait_for(lambda: len(ready) == 2, timeout=60)
            assert now() == 2
            assert not condition.wait_for(lambda: len(ready) == 9, timeout=60)
            assert now() == 62
            assert not condition.wait(timeout=8)
            assert now() == 70

    run(main)


def test_events() -> None:
    def main() -> None:
        event = threading.Event()
        assert not event.wait(5)
        threading.Timer(5, event.set).start()
        assert event.wait(100)
        assert event.wait()
        assert now() == 10
        event.clear()
        assert not event.wait(0)
        assert now() == 10

    run(main)


def test_semaphores() -> None:
    def main() -> list[float]:
        permits, seen = threading.Semaphore(3), list[float]()

        def hold() -> None:
            with permits:
                time.sleep(1)
                seen.append(now())

        together(*[hold] * 7)
        assert permits.acquire(timeout=1)
        assert permits.acquire()
        assert permits.acquire(blocking=False)
        assert not permits.acquire(timeout=7)
        return [*seen, now()]

    assert run(main) == [1, 1, 1, 2, 2, 2, 3, 10]


def test_barriers() -> None:
    def main() -> list[str]:
        seen: list[str] = []
        barrier = threading.Barrier(3)

        def arrive(after: float) -> None:
            time.sleep(after)
            barrier.wait()
            seen.append(f"{now():g}")

        together(lambda: arrive(1), lambda: arrive(2), lambda: arrive(5))
        with pytest.raises(threading.BrokenBarrierError):
            barrier.wait(timeout=10)
        return [*seen, f"{now():g}"]

    assert run(main) == ["5", "5", "5", "15"]
