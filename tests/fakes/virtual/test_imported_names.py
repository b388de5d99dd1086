"""Functions that modules have imported by name: they are replaced where they are, and put back."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from brownout.fakes.virtual.world import World, run

SOURCE = """
from time import monotonic, sleep as nap, time
from threading import Lock, current_thread, get_ident, local
from queue import SimpleQueue

here = local()

def pause(seconds, clock=None):
    before = monotonic()
    nap(seconds)
    return monotonic() - before
"""


class Program:
    """Makes modules that a program might have, and forgets them after the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def module(self, name: str, source: str = SOURCE) -> Any:
        module = ModuleType(name)
        self._monkeypatch.setitem(sys.modules, name, module)
        exec(source, vars(module))
        return module


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(monkeypatch)


@pytest.fixture
def imports_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that modules are imported from."""
    monkeypatch.syspath_prepend(tmp_path)
    known = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_names_are_replaced_and_put_back(program: Program) -> None:
    module = program.module("an_app")
    before = dict(vars(module))
    assert run(lambda: module.pause(3600)) == 3600
    assert dict(vars(module)) == before


def test_names_of_a_file_are_replaced(imports_from: Path) -> None:
    (imports_from / "an_app_in_a_file.py").write_text(SOURCE)
    module: Any = __import__("an_app_in_a_file")
    assert run(lambda: module.pause(3600)) == 3600
    assert module.nap is time.sleep


def test_names_are_replaced_in_every_world(program: Program) -> None:
    module = program.module("an_app")
    assert [run(lambda: module.pause(7)) for _ in range(3)] == [7, 7, 7]


def test_names_are_put_back_after_an_error(program: Program) -> None:
    module = program.module("an_app")
    with pytest.raises(ZeroDivisionError), World():
        raise ZeroDivisionError
    assert module.nap is time.sleep
    assert module.Lock is threading.Lock
    assert module.SimpleQueue is queue.SimpleQueue


def test_what_a_test_patches_meanwhile_is_its_own(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    module = program.module("an_app")
    with World(), monkeypatch.context() as patch:
        patch.setattr(module, "nap", lambda _: None)
        assert module.pause(5) == 0
    assert module.nap is time.sleep


def test_a_module_imported_inside_knows_both_times(imports_from: Path) -> None:
    """SDKs import much of themselves when it is first used: such a module must not stay in a time that is over."""
    (imports_from / "a_late_module.py").write_text(SOURCE + "\ndef ticks(clock=monotonic):\n    return clock()\n")

    def first() -> Any:
        time.sleep(100)
        module: Any = __import__("a_late_module")
        assert (module.pause(3600), module.ticks()) == (3600, 3700)
        return module

    module = run(first)
    assert abs(module.ticks() - time.monotonic()) < 3000, "it is real time that is told"
    assert module.get_ident() == threading.get_ident()
    assert module.current_thread() is threading.main_thread()
    module.nap(0)

    def second() -> list[float]:
        lock, seen = module.Lock(), list[float]()

        def hold() -> None:
            with lock:
                module.nap(10)

        thread = threading.Thread(target=hold)
        thread.start()
        time.sleep(1)
        with lock:
            seen.append(module.monotonic())
        seen.append(module.ticks())
        return seen

    assert run(second) == [10, 10]


@pytest.mark.parametrize("name", ["_pytest.fake", "hypothesis.x", "pluggy", "coverage.collector", "xdist.remote"])
def test_watchers_see_the_real_clock(program: Program, name: str) -> None:
    """Whoever measures or limits a test does so in real time, whether it imports a function or the module."""
    source = "import time\n\ndef now():\n    return monotonic(), time.monotonic(), time.time()\n"
    watcher = program.module(name, "from time import monotonic\n" + source)
    before = watcher.now()

    def main() -> Any:
        time.sleep(1e6)
        return watcher.now()

    inside = run(main)
    assert all(one <= other < one + 1e5 for one, other in zip(before, inside, strict=True))


def test_a_local_made_before_is_separate_for_threads(program: Program) -> None:
    """Whatever keeps its state by thread keeps it in a module, and was imported long before."""
    module = program.module("an_app")
    module.here.value = "main"

    def main() -> list[str]:
        seen: list[str] = []

        def work(name: str) -> None:
            assert not hasattr(module.here, "value")
            module.here.value = name
            time.sleep(1)
            seen.append(module.here.value)
            del module.here.value
            assert vars(module.here) == {}

        threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seen.append(module.here.value)
        module.here.value = "main, later"
        return seen

    assert run(main) == ["a", "b", "main"]
    assert module.here.value == "main, later"
