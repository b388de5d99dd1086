"""Executors: pools of threads in virtual time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait

import pytest

from brownout.fakes.virtual.world import run

EARLY_POOL = ThreadPoolExecutor(2)
"""Made when the program was imported, and kept for as long as it lives."""


def now() -> float:
    return time.monotonic()


def after(seconds: float) -> float:
    time.sleep(seconds)
    return now()


def test_as_many_at_once_as_it_has_threads() -> None:
    def main() -> list[float]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(after, [1, 1, 1, 1, 1]))

    assert run(main) == [1, 1, 2, 2, 3]


def test_leaving_it_waits_for_all() -> None:
    def main() -> float:
        with ThreadPoolExecutor(10) as pool:
            for seconds in (5, 50, 10):
                pool.submit(after, seconds)
        return now()

    assert run(main) == 50


def test_results_as_they_come() -> None:
    def main() -> list[float]:
        with ThreadPoolExecutor() as pool:
            return [future.result() for future in as_completed([pool.submit(after, n) for n in (3, 1, 2)])]

    assert run(main) == [1, 2, 3]


def test_limits_of_waiting() -> None:
    def main() -> None:
        with ThreadPoolExecutor() as pool:
            futures = [pool.submit(after, seconds) for seconds in (2, 6, 60)]
            done, _ = wait(futures, return_when=FIRST_COMPLETED)
            assert (len(done), now()) == (1, 2)
            done, _ = wait(futures, timeout=10)
            assert (len(done), now()) == (2, 12)
            with pytest.raises(TimeoutError):
                futures[2].result(timeout=8)
            assert now() == 20
            with pytest.raises(TimeoutError):
                list(as_completed(futures, timeout=5))
            with pytest.raises(TimeoutError):
                list(pool.map(after, [100], timeout=5))
            assert now() == pytest.approx(30, abs=0.01)  # it looks until it is later than that
        assert now() == pytest.approx(125, abs=0.01)

    run(main)


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def main() -> None:
        with ThreadPoolExecutor() as pool:
            future: Future[float] = pool.submit(lambda: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                future.result()

    run(main)


def test_shutting_down() -> None:
    def main() -> None:
        pool = ThreadPoolExecutor(1)
        first, second = pool.submit(after, 10), pool.submit(after, 10)
        time.sleep(1)
        pool.shutdown(wait=False, cancel_futures=True)
        assert (second.cancelled(), now()) == (True, 1)
        assert first.result() == 10
        with pytest.raises(RuntimeError, match="after shutdown"):
            pool.submit(after, 1)

    run(main)


def test_callbacks_and_initializers() -> None:
    def main() -> list[str]:
        seen: list[str] = []
        with ThreadPoolExecutor(1, "worker", seen.append, ("begun",)) as pool:
            future = pool.submit(lambda: threading.current_thread().name)
            future.add_done_callback(lambda done: seen.append(done.result()))
        return seen

    assert run(main) == ["begun", "worker_0"]


@pytest.mark.parametrize("world", ["first", "second"])
def test_one_that_was_made_before(world: str) -> None:
    """Its queue blocks for real, and what is left of its threads after one virtual time is of no use in the next."""

    def main() -> float:
        assert sorted(EARLY_POOL.map(after, [1, 1, 1])) == [1, 1, 2]
        return EARLY_POOL.submit(after, 5).result()

    assert run(main) == 7


def test_one_that_is_kept_works_outside_as_well() -> None:
    def main() -> ThreadPoolExecutor:
        pool = ThreadPoolExecutor(1)
        assert pool.submit(after, 5).result() == 5
        pool.submit(after, 1e6)
        return pool

    with run(main) as pool:
        assert pool.submit(lambda: threading.current_thread().is_alive()).result()
