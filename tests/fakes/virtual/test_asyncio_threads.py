"""Event loops and threads together: executors, loops in threads, calls from one to the other."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor

import pytest

from brownout.fakes.virtual.world import run

THREADS = 32
"""The most that asyncio's own executor has."""


def now() -> float:
    return time.monotonic()


def test_blocking_calls_run_side_by_side_in_threads() -> None:
    """Fifty need two rounds, as there are never more than 32 threads."""

    async def main() -> list[float]:
        await asyncio.gather(*(asyncio.to_thread(time.sleep, 1) for _ in range(THREADS)))
        first = now()
        await asyncio.gather(*(asyncio.to_thread(time.sleep, 1) for _ in range(50)))
        return [first, now()]

    assert run(main) == [1, 3]


def test_an_executor_of_ones_own() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(5) as pool:
            await asyncio.gather(*(loop.run_in_executor(pool, time.sleep, 2) for _ in range(20)))
        return now()

    assert run(main) == 8


def test_the_loop_goes_on_while_a_thread_blocks() -> None:
    async def main() -> list[float]:
        seen: list[float] = []

        async def tick() -> None:
            while True:
                await asyncio.sleep(1)
                seen.append(now())

        task = asyncio.create_task(tick())
        assert await asyncio.to_thread(lambda: (time.sleep(3.5), "result")[1]) == "result"
        task.cancel()
        return seen

    assert run(main) == [1, 2, 3]


def test_an_error_in_a_thread_comes_back() -> None:
    async def main() -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)

    run(main)


def test_a_loop_in_a_thread_beside_another() -> None:
    """Each has its own running loop, whoever goes on."""
    seen: list[tuple[str, float]] = []

    async def tick(name: str, period: float) -> None:
        mine = asyncio.get_running_loop()
        for _ in range(3):
            await asyncio.sleep(period)
            assert asyncio.get_running_loop() is mine
            task = asyncio.current_task()
            assert task is not None
            assert task.get_loop() is mine
            seen.append((name, now()))

    async def main() -> None:
        other = threading.Thread(target=lambda: asyncio.run(tick("thread", 2)))
        other.start()
        await tick("main", 3)
        await asyncio.to_thread(other.join)

    run(main)
    assert sorted(seen) == [("main", 3), ("main", 6), ("main", 9), ("thread", 2), ("thread", 4), ("thread", 6)]


def test_a_thread_that_blocks_in_a_coroutine_stops_its_own_loop_only() -> None:
    async def block() -> None:
        time.sleep(10)

    async def main() -> tuple[float, float]:
        other = threading.Thread(target=lambda: asyncio.run(block()))
        other.start()
        await asyncio.sleep(1)
        first = now()
        time.sleep(20)  # now ours: the other one ends all the same
        assert not other.is_alive()
        return first, now()

    assert run(main) == (1, 21)


def test_a_blocked_loop_does_not_hear_of_the_running_loop_of_others() -> None:
    """A thread has no loop unless it runs one, even where it was begun from within a loop."""

    async def main() -> list[object]:
        seen: list[object] = []

        def look() -> None:
            with pytest.raises(RuntimeError, match="no running event loop"):
                asyncio.get_running_loop()
            seen.append(threading.current_thread() is threading.main_thread())

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        return seen

    assert run(main) == [False]


def test_calls_from_a_thread_into_a_loop() -> None:
    async def answer(value: int) -> int:
        await asyncio.sleep(5)
        return value

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        event = asyncio.Event()

        def ask() -> float:
            assert asyncio.run_coroutine_threadsafe(answer(42), loop).result(timeout=60) == 42
            with pytest.raises(TimeoutError):
                asyncio.run_coroutine_threadsafe(answer(42), loop).result(timeout=1)
            loop.call_soon_threadsafe(event.set)
            return now()

        asked = asyncio.create_task(asyncio.to_thread(ask))
        await event.wait()
        return [await asked, now()]

    assert run(main) == [6, 6]


def test_cleaning_up_generators_is_the_business_of_the_loop_they_ran_in() -> None:
    """The interpreter has one hook for that in a thread of the system, and several loops take turns in it."""
    seen: list[tuple[str, bool]] = []

    async def endless(name: str) -> AsyncGenerator[int, None]:
        mine = asyncio.get_running_loop()
        try:
            while True:
                yield 1
        finally:
            await asyncio.sleep(1)
            seen.append((name, asyncio.get_running_loop() is mine))

    async def leave_one(name: str, wait: float, then: float) -> None:
        await asyncio.sleep(wait)
        generator = endless(name)
        await anext(generator)
        del generator
        gc.collect()
        await asyncio.sleep(then)

    def main() -> None:
        threads = [
            threading.Thread(target=lambda wait=wait: asyncio.run(leave_one(f"thread {wait}", wait, 10)))
            for wait in (1.0, 2.0, 30.0)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    before = sys.get_asyncgen_hooks()
    run(main)
    assert seen == [("thread 1.0", True), ("thread 2.0", True), ("thread 30.0", True)]
    assert sys.get_asyncgen_hooks() == before


def test_threads_of_a_loop_end_with_it() -> None:
    async def main() -> None:
        await asyncio.to_thread(time.sleep, 1)

    def whole() -> int:
        asyncio.run(main())
        return threading.active_count()

    assert run(whole) == run(threading.active_count)
