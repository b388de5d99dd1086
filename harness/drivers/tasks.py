"""Effects as tasks of an event loop, whatever they do: each is one task, and cancelling it closes what it holds."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from brownout.fakes.http.clock import ScaledClock

from ..ledger import Ledger
from ..policies.effects import Attempt, Handle, Read, Run
from ..policies.engine import Callback
from ..policies.outcome import Outcome
from ..scenario import Scenario
from .callers import Callers

T = TypeVar("T")


class Closable(Protocol):
    """A stream that an effect has opened, or goes on with."""

    async def close(self) -> None: ...


class TaskPort(ABC):
    """What ports on asyncio have in common. A subclass says what an attempt is, and how a stream is read."""

    def __init__(self, clock: ScaledClock) -> None:
        self._clock = clock
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._closing: dict[asyncio.Task[Any], None] = {}
        self.now = clock.now
        self.timer = clock.timer

    @abstractmethod
    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle: ...

    @abstractmethod
    def read(self, effect: Read, callback: Callback, node: Any) -> Handle: ...

    def _start(
        self, work: Coroutine[Any, Any, Outcome], callback: Callback, node: Any, stream: Closable | None = None
    ) -> Handle:
        task = _kept(work, self._tasks)
        handle = _Cancels(task)

        def ended(task: asyncio.Task[Outcome]) -> None:
            error = None if task.cancelled() else task.exception()
            outcome = None if error or task.cancelled() else task.result()
            if not (handle.is_cancelled or task.cancelled()):
                callback(node, outcome, error)  # an error that no fault explains is a defect of the harness
            elif (left := outcome.stream if outcome else stream) is not None:
                _kept(left.close(), self._closing)  # its task had not begun to read it, or had just opened it

        task.add_done_callback(ended)
        return handle

    async def close(self) -> None:
        """Call off what is under way, and wait until everything has let go."""
        for task in tuple(self._tasks):
            task.cancel()
        while self._tasks or self._closing:
            await asyncio.wait({**self._tasks, **self._closing})


def _kept(work: Coroutine[Any, Any, T], tasks: dict[asyncio.Task[Any], None]) -> asyncio.Task[T]:
    """Start it, and hold on to it until it ends: the loop alone would not."""
    task = asyncio.get_running_loop().create_task(work)
    tasks[task] = None
    task.add_done_callback(lambda task: tasks.pop(task, None))
    return task


class _Cancels:
    """The handle of a task. One that was cancelled calls nobody back, even if its task had just ended."""

    __slots__ = ("_task", "is_cancelled")

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = task
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True
        self._task.cancel()


async def play_calls(
    scenario: Scenario,
    seed: int,
    port: TaskPort,
    clock: ScaledClock,
    stack_of: Callable[[int], Run],
    ledger: Ledger,
    begin: Callable[[], object],
) -> Callers:
    """Make every call of the scenario; `begin` makes this second 0 for the server. When it returns nothing is under way
    any more; what layers have raised is for the caller to raise, once all is closed."""
    done = asyncio.Event()
    callers = Callers(scenario.calls(seed), stack_of, port, ledger, seed, done.set)
    begin()
    clock.start()
    callers.start()
    with suppress(TimeoutError):
        await asyncio.wait_for(done.wait(), scenario.end / clock.scale)
    callers.censor()
    await port.close()
    return callers
