"""What a program may bring along that is not of virtual time: threads of before, and event loops of other libraries."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from brownout.fakes.virtual.errors import ForeignThread, NotRouted
from brownout.fakes.virtual.exits import added
from brownout.fakes.virtual.loop import VirtualLoop
from brownout.fakes.virtual.patches import replaced
from brownout.fakes.virtual.world import World


@contextmanager
def strangers(world: World) -> Iterator[None]:
    """While this lasts, they get what they need, or are told that they cannot."""

    class Loop(VirtualLoop):
        """What uvloop makes: its own would wait for ever."""

        def __init__(self) -> None:
            super().__init__(world.hub)

    with ExitStack() as stack:
        stack.enter_context(_older_threads(world))
        for name, values in (
            ("uvloop", {"Loop": Loop}),
            ("trio", {"run": _no_trio}),
            ("trio.lowlevel", {"start_guest_run": _no_trio}),
        ):
            if name in sys.modules:
                stack.enter_context(replaced(sys.modules[name], **values))
        yield


@contextmanager
def _older_threads(world: World) -> Iterator[None]:
    """While this lasts, it is noted which thread of real time has touched virtual time: whoever waits for what such a
    thread does learns nothing of the error that ended it."""

    def note(_: ForeignThread, told: str) -> None:
        if not world.hub.is_here():
            name = threading.current_thread().name
            world.network.refused.append(NotRouted(f"thread {name!r} is older than this test: {told}"))

    with added(ForeignThread, __init__=note):
        yield


def _no_trio(*_: Any, **__: Any) -> NoReturn:
    """It would bring the process down: it asks the system about threads that are none of the system's."""
    raise RuntimeError("trio cannot run in virtual time: run this on asyncio, or on the wire, in real time")
