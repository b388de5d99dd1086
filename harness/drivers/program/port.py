"""The engine's port to a program: an attempt is one call of it, with all that it does by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NoReturn

from brownout.fakes.http.clock import ScaledClock

from ...policies.call import Call
from ...policies.effects import Attempt, Handle, Read, Run, Steps, Timeouts
from ...policies.engine import Callback
from ...policies.outcome import Outcome
from ..current import CURRENT
from ..tasks import TaskPort
from .asking import Asked
from .watch import Seen, Watch

_TIMES, _PATIENCE = 3, 0.5
"""How often a call is called off, and how many seconds it has to hear of it."""
_left_behind: list[asyncio.Task[Any]] = []
"""Calls that have not heard of it: one that is forgotten is closed, which it may not hear of either, and spin."""


def calls(_: int) -> Run:
    """In place of layers: the call is passed on as it is."""

    def run(call: Call) -> Steps:
        outcome: Outcome = yield Attempt(call, Timeouts())
        return outcome

    return run


class ProgramPort(TaskPort):
    """`attempt` and `timer`; a program reads its streams itself."""

    def __init__(
        self,
        clock: ScaledClock,
        asked: Asked,
        record: Callable[[Any], None],
        connecting: Seen = lambda who, stream: None,
        refused: Seen = lambda who, stream: None,
    ) -> None:
        super().__init__(clock)
        self._asked = asked
        self._record = record
        self._seen = connecting, refused
        self._watches: list[Watch] = []
        self.raised: list[Exception | SystemExit] = []
        """The first that it has raised before it sent anything at all."""

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle:
        return self._start(self._ask(effect.call), callback, node)

    def read(self, effect: Read, callback: Callback, node: Any) -> NoReturn:
        raise AssertionError("nobody but the program knows its streams")

    async def _ask(self, call: Call) -> Outcome:
        watch = Watch(call, self.now, self._record, *self._seen)
        self._watches.append(watch)
        CURRENT.set(watch)
        try:
            await self._asked.ask(call.ask, self.now())
        except (Exception, SystemExit) as error:
            if not call.attempts and not self.raised:
                self.raised.append(error)
            return watch.raised(error)
        return watch.returned()

    async def close(self) -> None:
        """Call off what is under way; nothing can be sent from now on. Some do not hear of it however often it is said:
        they are left behind, in a process that comes to its end."""
        for watch in self._watches:
            watch.close()
        for _ in range(_TIMES):
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=_PATIENCE)
        _left_behind.extend(self._tasks)
