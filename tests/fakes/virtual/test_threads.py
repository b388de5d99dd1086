"""Threads that a program starts in virtual time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from brownout.fakes.virtual.world import run


def now() -> float:
    return time.monotonic()


def started(target: Callable[..., object], *args: object, name: str | None = None) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, name=name)
    thread.start()
    return thread


def test_threads_sleep_side_by_side() -> None:
    def main() -> float:
        threads = [started(time.sleep, 10) for _ in range(100)]
        for thread in threads:
            thread.join()
        return now()

    assert run(main) == 10


def test_join_waits_as_long_as_it_is_told() -> None:
    def main() -> None:
        thread = started(time.sleep, 10)
        thread.join(timeout=4)
        assert (thread.is_alive(), now()) == (True, 4)
        thread.join(timeout=0)
        thread.join(timeout=-1)
        assert (thread.is_alive(), now()) == (True, 4)
        thread.join(timeout=100)
        assert (thread.is_alive(), now()) == (False, 10)
        thread.join()  # again, of one that has ended
        assert now() == 10

    run(main)


def test_many_may_join_one() -> None:
    def main() -> list[float]:
        seen: list[float] = []
        thread = started(time.sleep, 5)
        joining = [started(lambda: (thread.join(), seen.append(now()))) for _ in range(3)]
        for each in joining:
            each.join()
        return seen

    assert run(main) == [5, 5, 5]


def test_misuse_is_told_as_ever() -> None:
    def main() -> None:
        thread = threading.Thread(target=lambda: None)
        assert not thread.is_alive()
        with pytest.raises(RuntimeError, match="before it is started"):
            thread.join()
        thread.start()
        with pytest.raises(RuntimeError, match="only be started once"):
            thread.start()
        thread.join()
        with pytest.raises(RuntimeError, match="only be started once"):
            thread.start()
        errors: list[str] = []

        def join_oneself() -> None:
            with pytest.raises(RuntimeError, match="cannot join current thread") as error:
                threading.current_thread().join()
            errors.append(str(error.value))

        started(join_oneself).join()
        assert len(errors) == 1

    run(main)


class Abort(BaseException):
    """What is not an `Exception` ends a thread and nothing else, either."""


@pytest.mark.parametrize("error", [ZeroDivisionError, Abort])
def test_an_error_in_a_thread_goes_to_the_hook(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", seen.append)

    def fail() -> None:
        time.sleep(1)
        raise error("of a thread")

    def main() -> float:
        thread = started(fail, name="failing")
        thread.join()
        assert [args.thread for args in seen] == [thread]
        time.sleep(1)
        return now()

    assert run(main) == 2
    assert [(args.exc_type, str(args.exc_value)) for args in seen] == [(error, "of a thread")]


def test_a_thread_may_exit() -> None:
    def main() -> bool:
        thread = started(lambda: exec("raise SystemExit"))
        thread.join()
        return thread.is_alive()

    assert run(main) is False


def test_timers() -> None:
    def main() -> list[float]:
        seen: list[float] = []
        timers = [threading.Timer(seconds, lambda: seen.append(now())) for seconds in (30, 20, 10)]
        for timer in timers:
            timer.start()
        timers[1].cancel()
        for timer in timers:
            timer.join()
        return seen

    assert run(main) == [10, 30]


def test_a_subclass_of_thread() -> None:
    class Worker(threading.Thread):
        def run(self) -> None:
            time.sleep(7)
            self.result = now()

    def main() -> float:
        worker = Worker(daemon=True)
        worker.start()
        worker.join()
        return worker.result

    assert run(main) == 7


def test_a_thread_of_a_time_that_is_over_has_ended() -> None:
    def main() -> list[threading.Thread]:
        ended, left = started(time.sleep, 1), started(threading.Event().wait)
        ended.join()
        return [ended, left]

    for thread in run(main):
        assert not thread.is_alive()
        thread.join()
        assert thread not in threading.enumerate()
