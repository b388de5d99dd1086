"""Threads of the operating system that were there before: virtual time means nothing to them, and is not theirs."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest

from brownout.fakes.virtual.errors import ForeignThread
from brownout.fakes.virtual.world import World


class Foreigner:
    """Does what it is told, one thing after another, in a thread that was started before."""

    def __init__(self) -> None:
        self._orders: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._results: SimpleQueue[Any] = SimpleQueue()
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            try:
                self._results.put(order())
            except BaseException as error:
                self._results.put(error)

    def does(self, order: Callable[[], object]) -> Any:
        """What came of it: its result, or its error. Whoever asks waits for real."""
        self._orders.put(order)
        return self._results.get()

    def leave(self) -> None:
        self._orders.put(None)
        self.thread.join()


@pytest.fixture
def foreigner() -> Iterator[Foreigner]:
    it = Foreigner()
    yield it
    it.leave()


def test_it_keeps_real_time(foreigner: Foreigner) -> None:
    before = (time.monotonic(), time.time())
    with World():
        time.sleep(1e6)
        inside = foreigner.does(lambda: (time.monotonic(), time.time()))
        foreigner.does(lambda: time.sleep(0))
    assert all(one <= other < one + 1e5 for one, other in zip(before, inside, strict=True))


def test_it_keeps_real_locks_and_threads(foreigner: Foreigner) -> None:
    def work() -> list[object]:
        lock, event, seen = threading.Lock(), threading.Event(), list[object]()

        def answer() -> None:
            seen.append(threading.get_native_id() == threading.current_thread().native_id)
            event.set()

        thread = threading.Thread(target=answer)
        with lock:
            thread.start()
            event.wait()
        thread.join()
        assert type(lock) is type(real_lock)
        with ThreadPoolExecutor(1) as pool:
            seen.append(pool.submit(threading.get_ident).result() != threading.get_ident())
        return [*seen, threading.current_thread() is foreigner.thread]

    real_lock = threading.Lock()
    with World():
        assert foreigner.does(work) == [True, True, True]


def test_its_event_loops_are_real(foreigner: Foreigner) -> None:
    async def main() -> str:
        await asyncio.sleep(0)
        await asyncio.to_thread(time.sleep, 0)
        return type(asyncio.get_running_loop()).__name__

    real = foreigner.does(lambda: asyncio.run(main()))
    with World():
        assert foreigner.does(lambda: asyncio.run(main())) == real


def test_it_may_not_call_into_a_loop(foreigner: Foreigner) -> None:
    """Its answer would come at a time that depends on the machine."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        error = foreigner.does(lambda: loop.call_soon_threadsafe(print))
        assert isinstance(error, ForeignThread)
        assert "Start threads inside" in str(error)
        coroutine = asyncio.sleep(0)
        assert isinstance(foreigner.does(lambda: asyncio.run_coroutine_threadsafe(coroutine, loop)), ForeignThread)
        coroutine.close()

    with World():
        asyncio.run(main())


def test_it_may_not_dial(foreigner: Foreigner) -> None:
    with World() as world:
        error = foreigner.does(lambda: world.network.dial("example.org", 443, print))
        assert isinstance(error, ForeignThread)
        assert "example.org:443" in str(error)


def test_it_may_not_wait_for_a_thread_of_virtual_time(foreigner: Foreigner) -> None:
    with World():
        thread = threading.Thread(target=time.sleep, args=(1,))
        thread.start()
        assert isinstance(foreigner.does(thread.join), ForeignThread)
        assert foreigner.does(thread.is_alive) is True


def test_an_executor_that_has_real_threads_is_refused() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0).result()
        with World(), pytest.raises(ForeignThread, match="executor"):
            pool.submit(time.sleep, 1)


def test_a_lock_of_virtual_time_is_a_real_one_to_it(foreigner: Foreigner) -> None:
    with World():
        lock, values = threading.Lock(), threading.local()
        values.mine = "main"
        with lock:
            assert foreigner.does(lambda: lock.acquire(timeout=0)) is False
        assert foreigner.does(lambda: (lock.acquire(), lock.release())) == (True, None)
        assert foreigner.does(lambda: hasattr(values, "mine")) is False


KEPT = threading.local()


def test_it_keeps_its_values_in_a_local(foreigner: Foreigner) -> None:
    """One that a module keeps is another object meanwhile."""
    foreigner.does(lambda: setattr(KEPT, "value", "foreign"))
    with World():
        assert foreigner.does(lambda: KEPT.value) == "foreign"
        assert not hasattr(KEPT, "value")


def test_it_may_be_joined(foreigner: Foreigner) -> None:
    with World():
        assert foreigner.thread.is_alive()
        foreigner.leave()
        assert not foreigner.thread.is_alive()
