"""What anyio offers, on asyncio in virtual time: HTTP clients stand on it."""

from __future__ import annotations

import time
from functools import partial

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest

from brownout.fakes.virtual.world import World, run


def now() -> float:
    return anyio.current_time()


def test_limits() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            with anyio.fail_after(5):
                await anyio.sleep_forever()
        assert now() == 5
        with anyio.move_on_after(2) as scope:
            await anyio.sleep(3)
        assert scope.cancelled_caught
        with anyio.move_on_after(2) as scope:
            await anyio.sleep(1)
        assert not scope.cancelled_caught
        assert now() == 8

    run(main)


def test_a_shield_holds_off_the_limit() -> None:
    async def main() -> float:
        with anyio.move_on_after(1), anyio.CancelScope(shield=True):
            await anyio.sleep(5)
        return now()

    assert run(main) == 5


def test_task_groups() -> None:
    async def main() -> list[float]:
        seen: list[float] = []

        async def work(seconds: float) -> None:
            await anyio.sleep(seconds)
            seen.append(now())

        async with anyio.create_task_group() as group:
            for seconds in (3, 1, 2):
                group.start_soon(work, seconds)
        async with anyio.create_task_group() as group:
            group.start_soon(work, 100)
            await anyio.sleep(1)
            group.cancel_scope.cancel()
        return [*seen, now()]

    assert run(main) == [1, 2, 3, 4]


def test_event_semaphore_and_stream() -> None:
    async def main() -> list[float]:
        event, semaphore = anyio.Event(), anyio.Semaphore(2)
        send, receive = anyio.create_memory_object_stream[float](1)

        async def work() -> None:
            await event.wait()
            async with semaphore:
                await anyio.sleep(10)
                await send.send(now())

        async with anyio.create_task_group() as group, send, receive:
            for _ in range(4):
                group.start_soon(work)
            await anyio.sleep(1)
            event.set()
            return [await receive.receive() for _ in range(4)]

    assert run(main) == [11, 11, 21, 21]


def test_blocking_calls_in_threads() -> None:
    """At most 40 of them run at once; each has values of its own in what it keeps by thread."""

    async def main() -> float:
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(partial(anyio.to_thread.run_sync, time.sleep, 1))
        return now()

    assert run(main) == 2


def test_calls_back_from_threads() -> None:
    async def main() -> list[float]:
        seen: list[float] = []

        async def wait(seconds: float) -> float:
            await anyio.sleep(seconds)
            return now()

        def ask(seconds: float) -> None:
            time.sleep(1)
            seen.append(anyio.from_thread.run(wait, seconds))
            anyio.from_thread.check_cancelled()
            time.sleep(seconds)
            seen.append(anyio.from_thread.run_sync(now))

        async with anyio.create_task_group() as group:
            for seconds in (1, 2):
                group.start_soon(anyio.to_thread.run_sync, ask, seconds)
        return seen

    assert run(main) == [2, 3, 3, 5]


def test_a_portal_from_blocking_code() -> None:
    async def wait() -> float:
        await anyio.sleep(60)
        return now()

    with World(), anyio.from_thread.start_blocking_portal() as portal:
        assert portal.call(wait) == 60
        assert portal.start_task_soon(wait).result(timeout=100) == 120


def test_its_own_way_to_run() -> None:
    async def main() -> float:
        await anyio.sleep(3600)
        return now()

    assert run(lambda: anyio.run(main)) == 3600
