"""All of virtual time at once: the clock, threads, event loops, the network, and the ways out of it, shut."""

from __future__ import annotations

import asyncio
import math
from asyncio import events
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from .exits import shut_exits
from .hub import Hub, Strand, rules
from .loop import VirtualLoop
from .network import Network
from .patches import replaced
from .threads import Threads, virtual_threads
from .times import virtual_times

T = TypeVar("T")

_now: list[World] = []
_POLICY: Any = getattr(events, "BaseDefaultEventLoopPolicy", None) or vars(events)["_BaseDefaultEventLoopPolicy"]
_Loop: Any = asyncio.BaseEventLoop
_run_forever = asyncio.BaseEventLoop.run_forever
_new_loop, _new_loop_by_policy = events.new_event_loop, _POLICY.new_event_loop


def current_world() -> World | None:
    """The one that is entered, if this is its thread."""
    return _now[0] if _now and _now[0].hub.is_here() else None


class World:
    """Virtual time for everything that runs while it is entered, in the thread that entered it.

    One at a time in a process: it replaces what modules share. Raises `RuntimeError` for a second, and where an event
    loop runs already.
    """

    def __init__(self, limit: float = math.inf) -> None:
        """`limit`: as `Hub` has it."""
        self.hub = Hub(limit)
        self.network = Network(self.hub)
        self._threads: Threads | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if _now:
            raise RuntimeError("virtual time is entered already, and there is one at a time in a process")
        if events._get_running_loop() is not None:
            raise RuntimeError(
                "an event loop of real time runs already, and would wait for ever: enter virtual time first, and start "
                "the loop inside (asyncio.run)"
            )
        _now.append(self)
        with ExitStack() as stack:
            stack.callback(_now.clear)
            stack.enter_context(rules(self.hub))
            stack.enter_context(shut_exits(lambda _: self.hub.is_here(), self.network.refuse))
            stack.enter_context(replaced(events, new_event_loop=_loop_here))
            stack.enter_context(replaced(asyncio, new_event_loop=_loop_here))
            stack.enter_context(replaced(_POLICY, new_event_loop=_loop_here_by_policy))
            stack.enter_context(replaced(_Loop, run_forever=_run_here))
            stack.enter_context(virtual_times())
            self._threads = stack.enter_context(virtual_threads(self.hub))  # left first: what ends them takes time
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, traceback)
        if error is None and self.network.refused:
            raise self.network.refused[0]

    def new_loop(self) -> VirtualLoop:
        """An event loop in virtual time, for the strand that will run it."""
        return VirtualLoop(self.hub)

    def spawn(self, run: Callable[[], object], name: str) -> Strand:
        """Begin a strand: blocking code that takes turns with all the rest. See `Hub.spawn`."""
        assert self._threads is not None, "not entered"
        return self.hub.spawn(run, name, self._threads.next_ident())


def _run_here(loop: asyncio.BaseEventLoop) -> None:
    world = current_world()
    if world is not None and not (isinstance(loop, VirtualLoop) and loop.belongs_to(world.hub)):
        raise RuntimeError(
            f"{loop!r} was made before virtual time was entered, and would wait for ever in it: make it inside. An "
            "asynchronous test needs an event loop of its own"
        )
    _run_forever(loop)


def _loop_here() -> asyncio.AbstractEventLoop:
    world = current_world()
    return _new_loop() if world is None else world.new_loop()


def _loop_here_by_policy(policy: Any) -> asyncio.AbstractEventLoop:
    world = current_world()
    return _new_loop_by_policy(policy) if world is None else world.new_loop()


@overload
def run(main: Callable[[], Coroutine[Any, Any, T]]) -> T: ...


@overload
def run(main: Callable[[], T]) -> T: ...


def run(main: Callable[[], Any]) -> Any:
    """Call it in a virtual time of its own; a coroutine function is run by an event loop."""
    with World():
        result = main()
        return asyncio.run(result) if asyncio.iscoroutine(result) else result
