"""An answer that comes as a stream: what has been heard of it, without any waiting.

Its events are kept back until there is content: before that a layer may try again, and nobody is the wiser.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ..drivers.sdk.heard import Heard
from ..drivers.sdk.transport import Watch
from ..policies.outcome import CANCELLED, OK, Outcome
from ..policies.resuming import Rest
from .splicing import Blocks, Splice, spliced, spliced_async
from .state import State
from .whole import events_of

CONTENT = "content_block_delta"


class Opened:
    """`real` is the SDK's own stream of raw events, `events` its iterator. What is the `rest` of an answer goes on with
    what was told of it."""

    __slots__ = (
        "_blocks",
        "_heard",
        "_is_structured",
        "_now",
        "_watch",
        "backlog",
        "events",
        "first",
        "guard",
        "is_open",
        "is_shown",
        "real",
        "response",
        "target",
        "texts",
        "tokens",
        "usage",
        "waited",
    )

    def __init__(self, response: Any, state: State, rest: Rest | None = None, is_structured: bool = False) -> None:
        self.response = response
        self.real: Any = None
        self.events: Any = None
        self.guard: Any = None
        self.backlog: deque[Any] = deque()
        self.tokens = 0
        """Events of content that have come."""
        self.texts: list[str] = []
        """Of its content, so that a break can tell what had come."""
        self.first: float | None = None
        """When its first content came."""
        self.usage: tuple[int | None, int | None] = (None, None)
        self.target = "", ""
        """The model and the endpoint that answer."""
        self.waited = 0.0
        """Seconds that were waited for content since the last came; what the application takes between is its own."""
        self.is_open = False
        self.is_shown = False
        """Whether its content goes to the application as it comes."""
        self._blocks = Blocks()
        self._is_structured = is_structured
        self._heard = Heard()
        self._now = state.now
        self._watch: Watch | None = None
        if rest is not None:
            self._goes_on_with(rest.stream)

    def _goes_on_with(self, before: Any) -> None:
        self.backlog.extend(before.backlog)
        self.texts += before.texts
        self.first = before.first
        self._blocks = Blocks(before._blocks)
        self._heard.note("message_start")  # which was that of the beginning

    def reads(self, real: Any, events: Any, guard: Any, rest: Rest | None) -> None:
        """From now on what the SDK has opened there."""
        self.real, self.guard, self.is_open = real, guard, True
        # An observer is told by the stream's own iterator alone; without one that is a detour.
        self.events = events if getattr(real, "_observer", None) is not None else real._iterator
        self._watch = guard.watch if isinstance(guard.watch, Watch) else None
        if rest is not None:
            splice = Splice(self._blocks, self.told)
            self.events = (spliced_async if hasattr(events, "__anext__") else spliced)(self.events, splice)

    def is_whole(self, message: Any) -> Outcome:
        """It has come at once: the SDK has returned this message."""
        self.first = self._now()
        for event in events_of(message):
            self.note(event)
            self.backlog.append(event)
        return OK._replace(tokens=self.tokens, stream=self)

    @property
    def is_complete(self) -> bool:
        """Whether it has said so itself."""
        return self._heard.end().is_ok

    def note(self, event: Any) -> bool:
        """One more event; whether it is content."""
        kind = event.type
        if kind == CONTENT:
            self.tokens += 1
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
        self._blocks.note(event)
        if kind == "message_start":
            self.usage = getattr(event.message.usage, "input_tokens", None), None
        elif kind == "message_delta":
            self.usage = self.usage[0], getattr(event.usage, "output_tokens", None)
        return False

    # -- for whoever asks for the rest

    @property
    def is_resumable(self) -> bool:
        return self._blocks.are_resumable and not self._is_structured  # half a document is gone on with by nobody

    @property
    def told(self) -> str:
        """The text so far."""
        return "".join(self.texts)

    @property
    def last_text(self) -> float:
        """When the last of it came, if anybody records that."""
        return 0.0 if self._watch is None else self._watch.last_text

    # -- what has become of it

    def text(self) -> Outcome:
        """There is content, and somebody wanted to know no more than that."""
        return Outcome("text", tokens=self.tokens, stream=self)

    def ended(self) -> Outcome:
        """The SDK has no more, and has raised nothing."""
        return self._heard.end()._replace(tokens=self.tokens, stream=self)

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
        guard = self.guard  # as another thread may forget it once it is not open
        was_open, self.is_open = self.is_open, False
        if was_open:
            guard.end(outcome)
        return was_open
