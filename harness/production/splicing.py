"""The rest of an answer as a continuation of the message whose stream broke off: the application sees one message, with
one beginning and blocks that are numbered through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from anthropic.types import RawContentBlockStopEvent

RESUMABLE = frozenset({"text", "thinking", "redacted_thinking"})
"""Kinds of blocks that an answer may have which is gone on with; the last of them is text. A thought that has ended is
not repeated, a tool may have been called."""


class Blocks:
    """Those that a message has had so far."""

    __slots__ = ("is_open", "kinds")

    def __init__(self, before: Blocks | None = None) -> None:
        self.kinds: list[str] = [] if before is None else list(before.kinds)
        self.is_open: bool = before is not None and before.is_open
        """Whether more is to come of the last."""

    @property
    def are_resumable(self) -> bool:
        return bool(self.kinds) and self.kinds[-1] == "text" and RESUMABLE.issuperset(self.kinds)

    def note(self, event: Any) -> None:
        """One more event."""
        if event.type == "content_block_start":
            self.kinds.append(event.content_block.type)
            self.is_open = True
        elif event.type == "content_block_stop":
            self.is_open = False


class Splice:
    """Makes of the events of a rest those that go on with what was told."""

    def __init__(self, blocks: Blocks, told: str) -> None:
        self._is_open = blocks.is_open
        self._shift = len(blocks.kinds)
        self._drops_blanks = told != told.rstrip()
        """The blank at the end was not repeated to the model, which may say it again."""

    def of(self, event: Any) -> tuple[Any, ...]:
        """What one event becomes."""
        match event.type:
            case "message_start":
                return ()
            case "content_block_start":
                return self._begun(event)
            case "content_block_delta":
                self._join(event.delta)
                event.index += self._shift
            case "content_block_stop":
                event.index += self._shift
        return (event,)

    def _begun(self, event: Any) -> tuple[Any, ...]:
        """Text goes on with the block that is open; anything else ends that first."""
        was_open, self._is_open = self._is_open, False
        if was_open and event.content_block.type == "text":
            self._shift -= 1
            return ()
        event.index += self._shift
        if was_open:
            ended = RawContentBlockStopEvent(type="content_block_stop", index=self._shift - 1)
            return (ended, event)
        return (event,)

    def _join(self, delta: Any) -> None:
        if self._drops_blanks and delta.type == "text_delta":
            delta.text = delta.text.lstrip()
            self._drops_blanks = not delta.text


def spliced(events: Iterator[Any], splice: Splice) -> Iterator[Any]:
    """The events of a rest."""
    for event in events:
        yield from splice.of(event)


async def spliced_async(events: AsyncIterator[Any], splice: Splice) -> AsyncIterator[Any]:
    """The same in an event loop."""
    async for event in events:
        for each in splice.of(event):
            yield each
