"""A stream that the SDK has opened: what has been heard of it, without any waiting.

Its events are kept back until there is content: before that a layer may try again, and nobody is the wiser.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ..drivers.sdk.heard import Heard
from ..drivers.sdk.transport import Watch
from ..policies.outcome import CANCELLED, Outcome
from .state import State

CONTENT = "content_block_delta"


class Opened:
    """`real` is the SDK's own stream of raw events, `events` its iterator."""

    __slots__ = (
        "_heard",
        "_now",
        "_watch",
        "backlog",
        "events",
        "first",
        "guard",
        "is_open",
        "real",
        "response",
        "texts",
        "usage",
        "waited",
    )

    def __init__(self, real: Any, events: Any, guard: Any, state: State) -> None:
        self.real = real
        self.response = real.response
        # An observer is told by the stream's own iterator alone; without one that is a detour.
        self.events = events if getattr(real, "_observer", None) is not None else real._iterator
        self.guard = guard
        self.backlog: deque[Any] = deque()
        self.texts: list[str] = []
        """Of its content, so that a break can tell what had come."""
        self.first: float | None = None
        """When its first content came."""
        self.usage: tuple[int | None, int | None] = (None, None)
        self.waited = 0.0
        """Seconds that were waited for content since the last came; what the application takes between is its own."""
        self.is_open = True
        self._heard = Heard()
        self._now = state.now
        self._watch = guard.watch if isinstance(guard.watch, Watch) else None

    @property
    def tokens(self) -> int:
        return self._heard.tokens

    @property
    def is_complete(self) -> bool:
        """Whether it has said so itself."""
        return self._heard.end().is_ok

    def note(self, event: Any) -> bool:
        """One more event; whether it is content."""
        kind = event.type
        if kind == CONTENT:
            self._heard.tokens += 1
            self.waited = 0.0
            delta = event.delta
            if delta.type == "text_delta":
                self.texts.append(delta.text)
            if self._watch is not None:
                self._watch.text()
                if self.first is None:
                    self.first = self._now()
            return True
        self._heard.note(kind)
        if kind == "message_start":
            self.usage = getattr(event.message.usage, "input_tokens", None), None
        elif kind == "message_delta":
            self.usage = self.usage[0], getattr(event.usage, "output_tokens", None)
        return False

    def text(self) -> Outcome:
        """There is content, and somebody wanted to know no more than that."""
        return Outcome("text", tokens=self.tokens, stream=self)

    def ended(self) -> Outcome:
        """The SDK has no more, and has raised nothing."""
        return self._heard.end()._replace(stream=self)

    def gap(self) -> Outcome:
        """There was no content for too long."""
        return Outcome("gap", "gap", 200, tokens=self.tokens, stream=self)

    def forget(self) -> None:
        """It is over, and all of it has been told. The response stays for whoever asks for it."""
        if not self.is_open:
            self.real = self.events = self.guard = self._watch = None
            self.texts = []

    def let_go(self, outcome: Outcome = CANCELLED) -> bool:
        """Record how it ended; whether its connection has still to be let go."""
        was_open, self.is_open = self.is_open, False
        if was_open:
            self.guard.end(outcome)
        return was_open
