"""Entering virtual time, and leaving it."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from typing import Any

import pytest

from brownout.fakes.virtual.world import World, current_world, run


def test_there_is_one_at_a_time() -> None:
    with World() as world:
        with pytest.raises(RuntimeError, match="one at a time"), World():
            pass
        with pytest.raises(RuntimeError, match="one at a time"):
            run(lambda: None)
        assert current_world() is world
        time.sleep(5)
        assert time.monotonic() == 5, "the first is none the worse for it"
    assert current_world() is None


def test_another_can_be_entered_afterwards_and_starts_anew() -> None:
    def main() -> tuple[float, float]:
        before = time.monotonic()
        time.sleep(10)
        return before, time.monotonic()

    assert [run(main), run(main)] == [(0, 10), (0, 10)]


def test_another_can_be_entered_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), World():
        raise ZeroDivisionError
    assert run(lambda: time.monotonic()) == 0


def test_what_main_returns_is_returned() -> None:
    async def main() -> str:
        await asyncio.sleep(1)
        return "async"

    assert (run(main), run(lambda: "blocking")) == ("async", "blocking")


def test_a_strand_that_fails_ends_it_all() -> None:
    """Unlike a thread: whoever begins one means it."""
    with World() as world:
        world.spawn(lambda: 1 / 0, "failing")
        with pytest.raises(ZeroDivisionError):
            time.sleep(1)


@pytest.mark.parametrize("how", [(), (ZeroDivisionError,)])
def test_a_strand_that_is_ended_before_it_has_begun_never_does(how: tuple[type[BaseException], ...]) -> None:
    with World() as world:
        begun: list[bool] = []
        strand = world.spawn(lambda: begun.append(True), "early")
        world.hub.kill(strand, *how)
        time.sleep(1)
        assert (begun, strand.dead) == ([], True)


def patched() -> list[Any]:
    thread, loops = threading.Thread, asyncio.events
    return [
        *(getattr(threading, name) for name in ("Lock", "RLock", "get_ident", "current_thread", "local")),
        *(thread.start, thread.join, thread.is_alive, threading.Condition.wait, queue.SimpleQueue),
        *(asyncio.new_event_loop, loops.new_event_loop, time.sleep, time.monotonic),
    ]


def test_everything_is_as_it_was() -> None:
    before = patched()
    with World():
        assert all(one is not other for one, other in zip(before, patched(), strict=True))
    assert patched() == before
    with pytest.raises(ZeroDivisionError), World():
        raise ZeroDivisionError
    assert patched() == before
