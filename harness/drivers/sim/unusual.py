"""What of an answer comes of few faults: content as it should not be, and bytes that come in pieces."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from brownout.fakes.http.rendering import Rendering, Surroundings
from brownout.fakes.plan import Answer, Body, Comment, Drip, Drops, Event, Head, Idle, Spoiled, Step, Tokens
from brownout.fakes.player import Player

from ...policies.outcome import Outcome
from ..content import Content
from .pool import Connection

if TYPE_CHECKING:
    from .port import SimPort


class Unusual:
    """The part of an attempt that takes such steps. What an SDK makes of them is held against it, record by record."""

    __slots__ = (
        "_connection",
        "_content",
        "_dripping",
        "_drops",
        "_head",
        "_last_byte",
        "_malformed",
        "_player",
        "_port",
        "_rendering",
        "_result",
    )

    _malformed: str
    """What is wrong with what has come; `no_start` and `order` are noticed later, or never."""
    _rendering: Rendering | None
    _dripping: Step | None
    _drops: int
    """What comes in pieces, and how many of them are still to come."""
    _port: SimPort
    _player: Player | None
    _connection: Connection | None
    _content: Content | None
    _head: Head | None
    _last_byte: float
    _result: Outcome | None

    @property
    @abstractmethod
    def _tokens(self) -> int: ...

    @abstractmethod
    def emit(self, step: Step) -> None: ...

    @abstractmethod
    def _told_text(self) -> None: ...

    @abstractmethod
    def _end(self, outcome: Outcome, is_reusable: bool = False) -> None: ...

    def _unusual(self, step: Step) -> None:
        """What comes of few faults."""
        match step:
            case Drops():
                self._last_byte = self._port.now()
                self._drops -= step.count
                if self._drops <= 0 and self._dripping is not None:
                    self.emit(self._dripping)
            case Spoiled():
                self._last_byte = self._port.now()
                self._spoiled(step)
            case Body():
                is_page = self._head is not None and bool(self._head.fields)
                self._malformed = "text" if is_page else "no_json"
            case Comment():
                self._last_byte = self._port.now()
            case Idle():
                assert self._connection is not None
                self._connection.ending = step

    def _spoiled(self, spoiled: Spoiled) -> None:
        step, how = spoiled.step, spoiled.how
        if isinstance(step, Answer):
            self._malformed = how
        elif how in ("no_json", "no_utf8", "no_gzip"):
            self._malformed = how
            self._port.timer(0.0, self._malformed_was_read, None)
        elif isinstance(step, Tokens) and how in ("twice", "swapped"):
            assert self._content is not None
            self._content.add(self._port.now(), 0.0, step.count + (how == "twice"))
            self._told_text()
        elif how == "no_name" and isinstance(step, Event) and step.name == "message_start":
            self._malformed = "no_start"  # no message can be made of the rest, and no text is told
        elif how == "swapped" and isinstance(step, Event) and step.name == "content_block_start":
            self._malformed = "order"  # which is noticed when there is content for it
        elif how in ("twice", "swapped"):
            self.emit(step)  # whoever has read it takes no notice of another

    def measure(self, step: Drip) -> int:
        """How long it is on the wire."""
        player = self._player
        assert player is not None
        if self._rendering is None:
            self._rendering = Rendering(player.ticket, Surroundings())
            if self._head is not None:
                self._rendering.goes_on(self._head, player.ticket.sent_tokens)
        self._dripping, self._drops = step.step, self._rendering.measure(step, player.upcoming)
        return self._drops

    def _malformed_was_read(self, _: object, __: object = None) -> None:
        if self._result is None:
            self._end(Outcome("malformed", "stream", 200, tokens=self._tokens, detail=self._malformed))
