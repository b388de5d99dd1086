"""On whose behalf the current task, thread or strand sends."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from brownout.fakes.draws import Identity

from ..policies.call import Call


class Sender(Protocol):
    """A call under way, or one HTTP request of it."""

    @property
    def call(self) -> Call: ...

    @property
    def who(self) -> Identity | None:
        """Of the request that was begun last."""


CURRENT: ContextVar[Sender | None] = ContextVar("brownout call", default=None)
