"""What a program has not ended when virtual time is left."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from brownout.fakes.virtual.world import current_world, run

from .peers import strands


def now() -> float:
    return time.monotonic()


def test_threads_that_wait_are_ended_with_their_clean_up() -> None:
    seen: list[str] = []

    def wait(name: str, event: threading.Event) -> None:
        try:
            event.wait()
        finally:
            seen.append(name)

    def main() -> None:
        for name in "abc":
            threading.Thread(target=wait, args=(name, threading.Event())).start()
        time.sleep(1)

    run(main)
    assert seen == ["a", "b", "c"]


def test_a_clean_up_that_waits_takes_no_real_time() -> None:
    """There is nobody left for whom the clock would go on: such waits are cut short."""
    seen: list[str] = []

    def work() -> None:
        try:
            time.sleep(3600)
        finally:
            try:
                time.sleep(3600)
            finally:
                threading.Event().wait(3600)
                seen.append("not reached")

    def main() -> threading.Thread:
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(1)
        return thread

    assert not run(main).is_alive()
    assert seen == []


def test_a_thread_that_has_not_begun() -> None:
    seen: list[str] = []

    def main() -> threading.Thread:
        def begin_another() -> None:
            try:
                threading.Event().wait()
            finally:
                threading.Thread(target=seen.append, args=("another",)).start()

        threading.Thread(target=begin_another).start()
        time.sleep(1)
        thread = threading.Thread(target=lambda: (seen.append("begun"), threading.Event().wait()))
        thread.start()
        return thread

    assert not run(main).is_alive()
    assert seen[0] == "begun"
    assert strands() == []


def test_executors_that_nobody_shut_down(caplog: pytest.LogCaptureFixture) -> None:
    """One is idle, one at work: neither is an error of the program's, and nothing is logged."""
    pools: list[ThreadPoolExecutor] = []

    def main() -> None:
        pools.extend(ThreadPoolExecutor(3) for _ in range(2))
        list(pools[0].map(time.sleep, [1, 1, 1]))
        pools[1].map(time.sleep, [1e6] * 10)
        time.sleep(1)

    run(main)
    assert strands() == []
    assert not caplog.records


def test_a_loop_in_a_thread_is_closed() -> None:
    seen: list[str] = []

    async def serve() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("cancelled")

    def main() -> None:
        threading.Thread(target=lambda: asyncio.run(serve())).start()
        time.sleep(1)

    run(main)
    assert seen == ["cancelled"]


def test_an_error_of_a_clean_up_does_not_keep_others_from_theirs() -> None:
    seen: list[str] = []

    def wait(name: str) -> None:
        try:
            time.sleep(3600)
        finally:
            seen.append(name)
            raise ZeroDivisionError(name)

    real = time.sleep

    def main() -> None:
        for name in "ab":
            started = current_world()
            assert started is not None
            started.spawn(lambda name=name: wait(name), name)  # type: ignore[misc]
        time.sleep(1)

    with pytest.raises(ZeroDivisionError, match="a"):
        run(main)
    assert seen == ["a", "b"]
    assert time.sleep is real
    assert run(now_and_then) == 1


def now_and_then() -> float:
    time.sleep(1)
    return now()


PROGRAM = """
import asyncio, queue, threading, time
from concurrent.futures import ThreadPoolExecutor
from brownout.fakes.virtual.world import run

def main():
    pool, busy = ThreadPoolExecutor(2), ThreadPoolExecutor(2)
    assert list(pool.map(time.sleep, [1, 1, 1])) == [None] * 3
    busy.submit(time.sleep, 1e9)
    busy.submit(threading.Event().wait)
    threading.Thread(target=queue.Queue().get).start()
    threading.Thread(target=queue.SimpleQueue().get).start()
    threading.Thread(target=lambda: asyncio.run(asyncio.sleep(1e9))).start()
    threading.Timer(1e9, print).start()
    asyncio.run(asyncio.to_thread(time.sleep, 1))
    return pool, busy

kept = run(main)
print("left")
"""


def test_the_interpreter_exits_after_it() -> None:
    done = subprocess.run([sys.executable, "-X", "dev", "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")
