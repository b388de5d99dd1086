"""Requests on one connection, one after the other; who answers them is a subclass. And how one is parted with."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import deque
from math import inf

from ..api.plain import Rejected
from .bounds import UNHURRIED, Bounds
from .heads import Heads, Incoming
from .patience import Patience
from .reading import Reading

_GOODBYE = 2.0
"""Real seconds in which a client that is still sending may find out that it has been answered."""


class Requests(Reading):
    """Queues what comes; what a client pipelines waits its turn. A subclass answers it in `_take`."""

    def __init__(self, heads: Heads | None = None, bounds: Bounds = UNHURRIED) -> None:
        super().__init__(heads, bounds)
        self._waiting: deque[Incoming | Rejected] = deque()
        self._is_last = False
        self._is_unread = False
        """Whether the client does not take what it is answered."""
        self._reader = Patience(bounds.patience, self._is_not_reading)
        self._left_unread = 0
        self._parting: asyncio.TimerHandle | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._reader.end()
        if self._parting is not None:
            self._parting.cancel()

    def drop(self) -> None:
        """The server stops."""
        self._transport.abort()

    @property
    @abstractmethod
    def is_idle(self) -> bool:
        """Whether it could answer the next request."""

    @property
    def _is_free(self) -> bool:
        return self.is_idle and not self._waiting and not self._is_unread

    @abstractmethod
    def _take(self, asked: Incoming | Rejected) -> None:
        """Answer this one, at once or with time."""

    def _queue(self, asked: Incoming | Rejected) -> None:
        if self._waiting or self._is_unread or not self.is_idle:
            self._waiting.append(asked)
            if len(self._waiting) > self._bounds.pipelined:
                self._transport.abort()
        elif not self._transport.is_closing():
            self._take(asked)

    def _next(self) -> None:
        """Answer what waits, as long as it is idle."""
        while self._waiting and not self._is_unread and self.is_idle and not self._transport.is_closing():
            self._take(self._waiting.popleft())
        if not self._transport.is_closing():
            self._encourage()

    def _last(self) -> dict[str, str]:
        """The header that announces the end of the connection, where it does end."""
        return {"connection": "close"} if self._is_last else {}

    def _part(self) -> None:
        """FIN, once what was written has left. Who is refused in the middle of sending is still heard, though not
        listened to: a socket that is closed answers with RST, and the client might lose what it was told."""
        if self._bounds.patience == inf or not self._is_deaf:
            self._transport.close()
        elif self._parting is None:
            self._waiting.clear()
            if self._transport.can_write_eof():  # TLS cannot; the answer says that it is the last
                self._transport.write_eof()
            self._parting = asyncio.get_running_loop().call_later(_GOODBYE, self._transport.abort)

    # -- a client that does not read

    def pause_writing(self) -> None:
        """What it asks meanwhile is not even read: it would only make more that it does not take."""
        if self._bounds.unread == inf:
            return
        self._is_unread = True
        self._left_unread = self._transport.get_write_buffer_size()
        self._reader.begin()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_unread = False
        self._reader.rest()
        self._transport.resume_reading()
        self._next()

    def _hold_to_bounds(self) -> None:
        """More has been written for a client that does not read."""
        if self._transport.get_write_buffer_size() > self._bounds.unread:
            self._transport.abort()

    def _is_not_reading(self) -> None:
        left = self._transport.get_write_buffer_size()
        if left >= self._left_unread:
            self._transport.abort()
        else:
            self._left_unread = left
            self._reader.begin()
