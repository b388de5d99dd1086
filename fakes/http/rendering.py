"""One answer as bytes, step after step. It keeps what depends on the steps before; no I/O."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import NamedTuple

from ..plan import (
    Answer,
    Body,
    Comment,
    Drip,
    Drops,
    Error,
    Event,
    Finish,
    Head,
    Raw,
    Spoiled,
    Step,
    StreamError,
    Tokens,
)
from ..ticket import Ticket
from . import encoding, message
from .spoiling import spoil_body, spoil_stream

_COMMENT = message.chunk(b": keep-alive\n\n")


class Surroundings(NamedTuple):
    """What the bytes of an answer depend on beside its plan and its request."""

    more: Callable[[], Mapping[str, str]] = dict
    """Headers that every answer has at the moment."""
    wall: Callable[[], datetime] = lambda: datetime(2026, 1, 1)
    scale: float = 1.0
    """Seconds of the scenario in a second of whoever reads."""


class Rendering:
    """The bytes of one answer."""

    __slots__ = ("_answer", "_around", "_block", "_drops", "_head", "_held", "_sent", "_size", "_ticket")

    def __init__(self, ticket: Ticket, around: Surroundings) -> None:
        self._ticket, self._around = ticket, around
        self._head: Head | None = None
        self._answer = b""
        self._held = b""
        """A head that waits for its body, which comes at once: one write of both is half the work."""
        self._block = self._sent = 0
        """Which block of the content is being streamed, and how much of it was sent."""
        self._drops = b""
        self._size = 1

    def goes_on(self, head: Head, sent: int) -> None:
        """From here, where others have rendered what came before: the head, and so many tokens."""
        self._begun(head, Answer(), is_alone=True)
        self._sent = sent

    def measure(self, drip: Drip, upcoming: Step | None) -> int:
        """Keep the bytes of a drip; how many pieces they make."""
        self._drops, self._size = self._held + self.bytes_of(drip.step, upcoming, is_alone=True), drip.size
        self._held = b""
        return ceil(len(self._drops) / drip.size)

    def bytes_of(self, step: Step, upcoming: Step | None, is_alone: bool = False) -> bytes:
        """What is sent for a step; nothing for one that has no bytes. `upcoming`: what follows, which says how long a
        body will be; `is_alone`: a head does not wait for it."""
        match step:
            case Tokens():
                return self._tokens(step)
            case Event():
                if step.name == "content_block_start":
                    self._block, self._sent = step.block, 0
                return message.event(step, self._ticket)
            case Head():
                return self._begun(step, upcoming, is_alone)
            case Answer():
                return self._whole(encoding.part(self._answer, step))
            case Error():
                return self._whole(self._body_of(step))
            case Body():
                return self._whole(step.data if not self._is_chunked else message.chunk(step.data))
            case StreamError():
                return message.chunk(message.stream_error(step, self._ticket))
            case Spoiled():
                return self._spoiled(step)
            case Drops():
                data, self._drops = self._drops[: step.count * self._size], self._drops[step.count * self._size :]
                return data
            case Comment():
                return _COMMENT
            case Raw():
                return step.data
            case Finish():
                return message.LAST_CHUNK if self._is_chunked else self._whole(b"")
        return b""

    @property
    def _is_chunked(self) -> bool:
        return self._head is not None and self._head.sse

    def _tokens(self, step: Tokens) -> bytes:
        sent, self._sent = self._sent, self._sent + step.count
        return message.deltas(step, self._ticket, self._block, sent)

    def _spoiled(self, step: Spoiled) -> bytes:
        if isinstance(step.step, Answer):
            part = encoding.part(self._answer, step.step)
            return self._whole(part if step.how == "no_gzip" else spoil_body(part, step.how))
        return spoil_stream(self.bytes_of(step.step, None), step.how)

    def _whole(self, data: bytes) -> bytes:
        held, self._held = self._held, b""
        return held + data

    def _begun(self, head: Head, upcoming: Step | None, is_alone: bool) -> bytes:
        self._head = head
        following = upcoming.step if isinstance(upcoming, Drip) else upcoming
        length = None
        if not head.sse:
            self._answer = self._body_of(following)
            length = len(self._answer) + head.excess
        data = self._head_bytes(head, length)
        if is_alone or head.sse or not isinstance(following, Answer | Error | Body | Spoiled):
            return data
        self._held = data
        return b""

    def _body_of(self, following: Step | None) -> bytes:
        """The whole body behind a head that is no stream's."""
        match following:
            case Error():
                return message.error(following, message.identifier("req", self._ticket))
            case Body():
                return following.data
            case Spoiled(step=Answer(), how="no_gzip"):
                return spoil_body(message.body(self._ticket), "no_gzip")
            case Finish():
                return b""
        return message.body(self._ticket) if self._head is not None and self._head.status == 200 else b""

    def _head_bytes(self, head: Head, length: int | None) -> bytes:
        around, more = self._around, self._around.more()
        if head.retry_after is not None and head.retry_form == "date":
            told = encoding.date(around.wall(), head.retry_after / around.scale)
            more = {**more, "retry-after": told}
            head = replace(head, retry_after=None)
        return encoding.head(head, message.identifier("req", self._ticket), length, more, around.scale)
