"""What asyncio offers, on an event loop in virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from brownout.fakes.virtual.world import run


def now() -> float:
    return asyncio.get_running_loop().time()


async def after(seconds: float, value: Any = None) -> Any:
    await asyncio.sleep(seconds)
    return value


def test_a_timeout_is_as_long_as_it_says() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        assert now() == 30
        async with asyncio.timeout(30) as limit:
            limit.reschedule(now() + 100)
            await asyncio.sleep(99)
        assert now() == 129

    run(main)


def test_wait_for_and_wait() -> None:
    async def main() -> None:
        assert await asyncio.wait_for(after(4, "done"), 5) == "done"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(after(6), 5)
        assert now() == 9
        tasks = [asyncio.create_task(after(seconds)) for seconds in (1, 2, 60)]
        done, pending = await asyncio.wait(tasks, timeout=10)
        assert (len(done), len(pending), now()) == (2, 1, 19)
        first = await next(asyncio.as_completed([after(9, "slow"), after(3, "fast")]))
        assert (first, now()) == ("fast", 22)
        for task in pending:
            task.cancel()

    run(main)


def test_gather_takes_as_long_as_the_longest() -> None:
    async def main() -> None:
        assert await asyncio.gather(*(after(n, n) for n in range(100))) == list(range(100))
        assert now() == 99

    run(main)


def test_a_task_group_cancels_the_others() -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        async def fail() -> None:
            await asyncio.sleep(3)
            raise ZeroDivisionError

        async def last() -> None:
            try:
                await asyncio.sleep(1000)
            except asyncio.CancelledError:
                await asyncio.sleep(2)  # it may take its time over it
                seen.append(f"cancelled, cleaned up at {now():g}")
                raise

        async def both() -> None:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                group.create_task(last())

        with pytest.raises(ExceptionGroup) as errors:
            await both()
        assert errors.group_contains(ZeroDivisionError)
        return seen

    assert run(main) == ["cancelled, cleaned up at 5"]


def test_what_is_due_together_runs_in_the_order_it_was_set() -> None:
    """The heap of asyncio's own has no order among equals."""

    async def main() -> list[int]:
        seen: list[int] = []
        loop = asyncio.get_running_loop()
        for number in range(200):
            loop.call_at(10.0, seen.append, number)
        await asyncio.sleep(11)
        return seen

    assert run(main) == list(range(200))


def test_call_later_runs_in_order_of_time() -> None:
    async def main() -> list[float]:
        seen: list[float] = []
        loop = asyncio.get_running_loop()
        for delay in (5.0, 0.5, 0.0, 100.0, 3.0):
            loop.call_later(delay, lambda: seen.append(now()))
        loop.call_later(4.0, seen.append, -1.0).cancel()
        await asyncio.sleep(200)
        return seen

    assert run(main) == [0.0, 0.5, 3.0, 5.0, 100.0]


def test_queue_and_semaphore() -> None:
    async def main() -> list[tuple[float, int]]:
        items: asyncio.Queue[int] = asyncio.Queue(2)
        permits = asyncio.Semaphore(2)
        seen: list[tuple[float, int]] = []

        async def serve(item: int) -> None:
            async with permits:
                await asyncio.sleep(10)
                seen.append((now(), item))

        async def produce() -> None:
            for item in range(6):
                await items.put(item)

        async def consume() -> None:
            while True:
                await serve(await items.get())
                items.task_done()

        consumers = [asyncio.create_task(consume()) for _ in range(3)]
        await produce()
        await items.join()
        for task in consumers:
            task.cancel()
        return seen

    assert run(main) == [(10, 0), (10, 1), (20, 2), (20, 3), (30, 4), (30, 5)]


def test_event_lock_and_condition() -> None:
    async def main() -> list[str]:
        event, lock, condition = asyncio.Event(), asyncio.Lock(), asyncio.Condition()
        seen: list[str] = []

        async def hold(name: str) -> None:
            await event.wait()
            async with lock:
                await asyncio.sleep(2)
                seen.append(f"{name} {now():g}")
            async with condition:
                condition.notify_all()

        tasks = [asyncio.create_task(hold(name)) for name in "abc"]
        asyncio.get_running_loop().call_later(5, event.set)
        async with condition:
            await condition.wait_for(lambda: len(seen) == 3)
        await asyncio.gather(*tasks)
        return seen

    assert run(main) == ["a 7", "b 9", "c 11"]


def test_cancelling_takes_effect_where_a_task_waits() -> None:
    async def main() -> None:
        task = asyncio.create_task(after(100))
        await asyncio.sleep(1)
        task.cancel("enough")
        with pytest.raises(asyncio.CancelledError, match="enough"):
            await task
        assert now() == 1
        shielded = asyncio.create_task(after(50, "kept"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(shielded), 10)
        assert (await shielded, now()) == ("kept", 51)

    run(main)
