"""Who a thread is in virtual time, to itself and to what is kept by thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from brownout.fakes.virtual.world import World, run

from .peers import strands


def started(target: Callable[..., object], *args: object, name: str | None = None) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, name=name)
    thread.start()
    return thread


def test_each_knows_who_it_is() -> None:
    def main() -> None:
        seen: list[tuple[threading.Thread, int, bool]] = []

        def look() -> None:
            seen.append((threading.current_thread(), threading.get_ident(), threading.current_thread().daemon))

        ours = threading.get_ident()
        assert threading.current_thread() is threading.main_thread()
        threads = [threading.Thread(target=look, daemon=n == 1) for n in range(3)]
        for thread in threads:
            thread.start()
        assert strands() == threads
        assert set(threads) < set(threading.enumerate())
        for thread in threads:
            thread.join()
        assert [(thread, thread.ident, thread.daemon) for thread in threads] == seen
        assert len({ours, *(ident for _, ident, _ in seen)}) == 4
        assert strands() == []

    run(main)


def test_a_strand_is_a_thread_of_its_own() -> None:
    """Those who begin one without `threading` have values of their own by thread all the same."""
    with World() as world:
        values = threading.local()
        values.name = "main"
        seen: list[tuple[str, int, bool]] = []

        def look(name: str) -> None:
            me = threading.current_thread()
            assert not hasattr(values, "name")
            values.name = name
            time.sleep(1)
            assert me is threading.current_thread()
            assert me.is_alive()
            with pytest.raises(RuntimeError, match="cannot join"):
                me.join()
            assert me.ident == threading.get_ident()
            seen.append((values.name, threading.get_ident(), me is threading.main_thread()))

        for name in "ab":
            world.spawn(lambda name=name: look(name), name)  # type: ignore[misc]
        time.sleep(2)
        assert [(name, is_main) for name, _, is_main in seen] == [("a", False), ("b", False)]
        assert values.name == "main"
        assert len({ident for _, ident, _ in seen} | {threading.get_ident()}) == 3


def test_locals_are_separate() -> None:
    def main() -> list[int]:
        class Values(threading.local):
            def __init__(self) -> None:
                self.count = 0

        values, seen = Values(), list[int]()

        def work(times: int) -> None:
            for _ in range(times):
                values.count += 1
                time.sleep(1)
            seen.append(values.count)

        threads = [started(work, times) for times in (3, 1, 2)]
        for thread in threads:
            thread.join()
        return [*seen, values.count]

    assert run(main) == [1, 2, 3, 0]
