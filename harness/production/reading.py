"""How a task reads a stream event by event: within the limit on its silence, and until the layers want it no more."""

from __future__ import annotations

import asyncio
import time  # noqa: TID251 - the driver's own clock
from typing import TYPE_CHECKING, Any

from ..policies.outcome import CANCELLED
from .flow import Came, Work, explained
from .opened import Opened
from .state import monotonic

if TYPE_CHECKING:
    from .tasks import TaskFlow


class Reading:
    """A stream that the task of the call reads, event by event, and the limit on its silence."""

    __slots__ = ("_flow", "_gap", "_is_silent", "_next", "_since", "_timer", "came", "opened", "until_text", "work")

    def __init__(self, flow: TaskFlow, work: Work) -> None:
        self._flow = flow
        self.work = work
        self.opened: Opened = work.effect.stream
        self.until_text: bool = work.effect.until_text
        self.came: Came = None, None
        self._next = self.opened.events.__anext__
        self._gap: float | None = work.effect.gap
        self._is_silent = False
        self._since: float | None = None
        self._timer = None if self._gap is None else flow.later(self._gap, self._check)

    async def next(self) -> Any:
        """The next event; None at the end, of which `came` tells."""
        flow = self._flow
        if self.work.is_cancelled:
            return None
        task = asyncio.current_task(flow.loop)  # which it finds by itself, in four times as long
        assert task is not None
        before = task.cancelling()
        flow.task, flow.is_interrupted = task, False
        if self._gap is not None:
            self._since = time.monotonic()
        try:
            event = await self._next()
            if self._since is not None:
                self.opened.waited += time.monotonic() - self._since
            return event
        except StopAsyncIteration:
            self.came = self.opened.ended(), None
        except asyncio.CancelledError:
            if not flow.is_interrupted:
                raise
            flow.is_interrupted = False
            if task.uncancel() > before:
                raise
            if self._is_silent and not self.work.is_cancelled:
                self.came = self.opened.gap(), None
        except Exception as error:
            self.came = explained(error, self.opened)
        finally:
            flow.task = self._since = None
            if flow.is_interrupted:
                task.uncancel()
        return None

    async def close(self) -> None:
        """It has come to an end, and the layers are told which."""
        if self._timer is not None:
            self._timer.cancel()
        outcome = self.came[0]
        if outcome is None or outcome.kind != "text":
            await self._flow.let_go(self.opened, outcome or CANCELLED)
        await self._flow.take(self.work, self.came)

    def _check(self) -> None:
        """Whether nothing has come for too long; what the application takes between two events does not count."""
        gap, flow = self._gap, self._flow
        assert gap is not None
        waited = 0.0 if self._since is None else self.opened.waited + monotonic() - self._since
        if waited < gap:
            self._timer = flow.later(gap - waited, self._check)
        elif flow.task is not None and not flow.is_interrupted:
            self._is_silent = flow.is_interrupted = True
            flow.task.cancel()
