"""Programs that cannot go on: who waits for what, and who runs in circles."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from brownout.fakes.virtual import hub
from brownout.fakes.virtual.errors import NobodyCanProceed, TimeStandsStill
from brownout.fakes.virtual.world import run


def said(main: Callable[[], object], kind: type[BaseException] = NobodyCanProceed) -> str:
    with pytest.raises(kind) as error:
        run(main)
    return str(error.value)


def test_a_lock() -> None:
    def main() -> None:
        time.sleep(2.5)
        lock = threading.Lock()
        with lock, lock:
            pass

    told = said(main)
    assert "At 2.5 s of virtual time" in told
    assert "the main thread waits for a lock" in told


def test_an_event() -> None:
    assert "the main thread waits for a lock, an event" in said(lambda: threading.Event().wait())


def test_two_threads_and_two_locks() -> None:
    def main() -> None:
        one, other = threading.Lock(), threading.Lock()

        def take(first: threading.Lock, second: threading.Lock) -> None:
            with first:
                time.sleep(1)
                with second:
                    pass

        threads = [
            threading.Thread(target=take, args=(one, other), name="left"),
            threading.Thread(target=take, args=(other, one), name="right"),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    told = said(main)
    assert "thread 'left' waits for a lock" in told
    assert "thread 'right' waits for a lock" in told
    assert "the main thread waits for thread 'left' to end" in told


def test_tasks_and_their_places() -> None:
    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_for_ever(), name="one that waits")
            group.create_task(asyncio.sleep(3), name="one that ends")

    told = said(main)
    assert "At 3 s of virtual time" in told
    assert "one that waits in " in told
    assert "wait_for_ever (" in told
    assert f"({__file__}:" in told
    assert "one that ends" not in told


@pytest.mark.filterwarnings("ignore:The executor did not finish:RuntimeWarning")  # from Python 3.12 on
def test_a_loop_and_a_thread_that_wait_for_each_other() -> None:
    """When asyncio cleans up after that it waits for the same thread, and that is not what one wants to read."""

    async def main() -> None:
        event = threading.Event()
        await asyncio.to_thread(event.wait)

    told = said(main)
    assert "thread 'asyncio_0' waits for a lock, an event" in told
    assert "the main thread waits for something for its event loop to do" in told
    assert " in test_a_loop_and_a_thread_that_wait_for_each_other.<locals>.main (" in told


def test_a_sleep_without_end() -> None:
    assert "inf s to pass" in said(lambda: time.sleep(float("inf")))


def test_a_deadlock_can_be_cleaned_up_after() -> None:
    """It is told to whoever began it all, and cancels as Ctrl-C would."""
    seen: list[str] = []

    async def main() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(10)
            seen.append(f"clean at {time.monotonic():g}")

    said(main)
    assert seen == ["clean at 10"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "_MOST_TURNS", 30_000)


@pytest.mark.usefixtures("impatient")
def test_a_loop_that_runs_in_circles() -> None:
    async def main() -> None:
        await asyncio.sleep(4)
        while True:
            await asyncio.sleep(0)

    told = said(main, TimeStandsStill)
    assert "at 4 s of virtual time" in told
    assert "runs in circles" in told


@pytest.mark.usefixtures("impatient")
def test_a_thread_that_runs_in_circles() -> None:
    def circle() -> None:
        while True:
            time.sleep(0)

    def main() -> None:
        threading.Thread(target=circle, name="circling").start()
        threading.Event().wait(10)

    said(circle, TimeStandsStill)
    assert "the main thread waits for a lock" in said(main, TimeStandsStill)


@pytest.mark.usefixtures("impatient")
def test_a_loop_in_a_thread_that_runs_in_circles() -> None:
    async def circle() -> None:
        while True:
            await asyncio.sleep(0)

    def main() -> None:
        threading.Thread(target=lambda: asyncio.run(circle())).start()
        time.sleep(10)

    said(main, TimeStandsStill)


@pytest.mark.usefixtures("impatient")
def test_many_turns_are_no_circle_while_time_passes() -> None:
    async def main() -> None:
        for _ in range(100):
            for _ in range(1000):
                await asyncio.sleep(0)
            await asyncio.sleep(1e-6)

    run(main)


@pytest.mark.usefixtures("impatient")
def test_who_takes_turns_until_something_due_has_happened_is_served() -> None:
    """It is due in that very instant, behind it."""

    async def main() -> float:
        done: list[bool] = []
        timer = threading.Timer(5, done.append, (True,))
        asyncio.get_running_loop().call_soon(timer.start)
        await asyncio.sleep(5)
        while not done:
            await asyncio.sleep(0)
        return time.monotonic()

    assert run(main) == 5


def test_who_looks_at_the_clock_until_it_is_late_enough_is_served() -> None:
    """On a real clock time passes meanwhile."""

    def main() -> list[float]:
        seen: list[float] = []
        threading.Timer(0.05, lambda: seen.append(time.monotonic())).start()
        while time.monotonic() < 0.1:
            pass
        event = threading.Event()
        while not event.wait(0):
            if time.monotonic() > 0.2:
                event.set()
        return seen

    assert run(main) == [0.05]
