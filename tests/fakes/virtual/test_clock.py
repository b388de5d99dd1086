"""The clock of virtual time, as a program reads it."""

from __future__ import annotations

import asyncio
import math
import sched
import time
from collections.abc import Callable

import pytest

from brownout.fakes.virtual.times import EPOCH
from brownout.fakes.virtual.world import World, current_world, run

NAMES = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep")
YEAR = 365 * 24 * 3600.0


def test_it_starts_at_nothing() -> None:
    assert run(lambda: time.monotonic()) == 0.0


def test_sleep_takes_as_long_as_it_says() -> None:
    def main() -> list[float]:
        seen = []
        for seconds in (0.25, 0, 3.0):
            time.sleep(seconds)
            seen.append(time.monotonic())
        return seen

    assert run(main) == [0.25, 0.25, 3.25]


def test_a_time_below_the_last_digit_of_the_clock_passes_too() -> None:
    """Else who waits for it again and again would do so for ever."""

    def main() -> list[float]:
        world, fired = current_world(), list[float]()
        assert world is not None
        time.sleep(YEAR)
        world.hub.call_later(1e-12, lambda: fired.append(time.monotonic()))
        time.sleep(1.0)
        return fired

    assert run(main) == [math.nextafter(YEAR, math.inf)]


def test_all_clocks_agree() -> None:
    async def main() -> None:
        time.sleep(12.5)
        await asyncio.sleep(0.75)
        now = asyncio.get_running_loop().time()
        assert now == 13.25
        assert time.monotonic() == time.perf_counter() == now
        assert time.monotonic_ns() == time.perf_counter_ns() == round(now * 1e9)
        assert time.time() == EPOCH + now
        assert time.time_ns() == round(time.time() * 1e9)

    run(main)


def test_the_time_of_day_is_the_same_in_every_run() -> None:
    """What is computed with it must not differ from run to run, not even in its last digits."""
    assert run(lambda: time.time()) == run(lambda: time.time()) == EPOCH


def test_a_year_takes_no_time() -> None:
    """Were it real, this test would not be over before you are."""

    def main() -> float:
        for _ in range(12):
            time.sleep(YEAR / 12)
        return time.monotonic()

    assert run(main) == pytest.approx(YEAR)


def test_time_stands_still_while_somebody_computes() -> None:
    def main() -> None:
        before = time.monotonic()
        sum(range(100_000))
        assert time.monotonic() == before

    run(main)


def test_nobody_sleeps_backwards() -> None:
    def main() -> None:
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(float("nan"))
        assert time.monotonic() == 0.0

    run(main)


def test_a_scheduler_of_the_standard_library_keeps_virtual_time() -> None:
    def main() -> list[float]:
        seen: list[float] = []
        scheduler = sched.scheduler(time.monotonic, time.sleep)
        for delay in (60.0, 5.0):
            scheduler.enter(delay, 0, lambda: seen.append(time.monotonic()))
        scheduler.run()
        return seen

    assert run(main) == [5.0, 60.0]


def functions() -> list[Callable[..., object]]:
    return [getattr(time, name) for name in NAMES]


def test_the_functions_are_put_back() -> None:
    before = functions()
    with World():
        assert all(one is not other for one, other in zip(before, functions(), strict=True))
    assert functions() == before


def fail_late() -> None:
    time.sleep(1)
    raise ZeroDivisionError


def test_they_are_put_back_after_an_error() -> None:
    before = functions()
    with pytest.raises(ZeroDivisionError):
        run(fail_late)
    assert functions() == before


@pytest.mark.parametrize("start", [1e6, 1e7, 1e9, 1e12])
def test_timers_fire_when_much_time_has_passed(start: float) -> None:
    """Late in time a float is coarser than asyncio's clock resolution, and a loop would spin for ever."""

    async def main() -> None:
        time.sleep(start)
        for seconds in (1.0, 0.1, 1e-3, 1e-9):
            before = time.monotonic()
            await asyncio.sleep(seconds)
            assert before <= time.monotonic() <= before + 2 * seconds + start * 1e-9
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await asyncio.Event().wait()

    run(main)


def test_a_timer_that_is_due_never_does_not_stop_the_clock() -> None:
    """`anyio.sleep_forever` is a sleep without end."""

    async def main() -> float:
        forever = asyncio.create_task(asyncio.sleep(float("inf")))
        await asyncio.sleep(5)
        forever.cancel()
        return time.monotonic()

    assert run(main) == 5.0
