"""What a client reads of an answer, and what an SDK makes of it."""

from __future__ import annotations

from abc import abstractmethod

from brownout.fakes.plan import (
    HEAD_SSE,
    Answer,
    Close,
    Error,
    Event,
    Finish,
    Head,
    Reset,
    Step,
    StreamError,
    Tokens,
)
from brownout.fakes.reply import text_of

from ...policies.call import Ask
from ...policies.effects import Handle
from ...policies.outcome import OK, SPEND_CAP, SPEND_CAP_CODE, Kind, Outcome, opened, streamed
from ...policies.resuming import Rest
from ...policies.sdks.python import retries
from ..content import Content
from .dial import CONNECTION_LOST
from .unusual import Unusual

IN_BODY = "body"
"""The detail of what went wrong behind the headers of a plain answer."""
_LOST_IN_BODY = CONNECTION_LOST._replace(detail=IN_BODY)
_SPENT = ("error_code", SPEND_CAP_CODE)
_NO_LENGTH = ("content-length", "")


class Reading(Unusual):
    """The part of an attempt to which the server's steps come. Also the stream that a `Read` goes on with."""

    __slots__ = (
        "_ask",
        "_details",
        "_error",
        "_gap",
        "_headers_timer",
        "_is_complete",
        "_is_last",
        "_last_text",
        "_read_timeout",
        "_rest",
        "_until_text",
        "is_stream",
    )

    is_stream: bool
    _ask: Ask
    _rest: Rest | None
    _is_last: bool
    _error: str | None
    _details: tuple[tuple[str, str], ...]
    _is_complete: bool
    _read_timeout: float | None
    _headers_timer: Handle | None
    _gap: float | None
    _last_text: float
    _until_text: bool
    """Whether whoever reads the stream waits for its first content, and not for its end."""

    @abstractmethod
    def _answer(self, outcome: Outcome) -> None:
        """Tell the layers; a stream goes on behind this."""

    def emit(self, step: Step) -> None:
        """Bytes have come."""
        kind = step.__class__  # the hot path: a plain answer is Head, Answer, Finish
        if kind is Head:
            self._begins(step)  # type: ignore[arg-type]
        elif kind is Answer:  # comes with its head, or after a stall
            self._last_byte = self._port.now()
            self._is_complete = step.end >= 1.0  # type: ignore[union-attr]
        elif kind is Finish:
            self._finished()
        elif kind is Event:
            self._last_byte = self._port.now()
            if step.name == "message_stop":  # type: ignore[union-attr]
                self._is_complete = True
        elif kind is Tokens:
            self._texts(step)  # type: ignore[arg-type]
        elif kind is StreamError:
            self._error = step.type  # type: ignore[union-attr]
            # The client leaves when it has read the event; by then the server may have come to its end by itself.
            self._port.timer(0.0, self._error_was_read, None)
        elif kind is Error:
            self._error = step.type  # type: ignore[union-attr]
            self._details = step.details  # type: ignore[union-attr]
        elif kind is Reset:
            self._broken("reset")
        elif kind is Close:  # of what is no HTTP the client takes no more
            self._broken("closed")
        else:
            self._unusual(step)

    def _begins(self, head: Head) -> None:
        self._head = head
        self._last_byte = self._last_text = self._port.now()
        if self._headers_timer is not None:
            self._headers_timer.cancel()
            self._headers_timer = None
        if self.is_stream and head.status == 200:
            self._content = Content(self._ask, self._rest)
            self._answer(opened(self))

    def takes_whole(self) -> None:
        """A plain answer has come, in one instant."""
        self._end(OK, is_reusable=True)

    def takes_beginning(self) -> None:
        """A stream has begun."""
        self._begins(HEAD_SSE)

    def takes_end(self) -> None:
        """The last of a stream has come."""
        self._is_complete = True
        self._finished()

    @property
    def _in_stream(self) -> bool:
        """Whether the answer is read event by event: the SDK goes by what it asked for."""
        return self.is_stream and self._head is not None and self._head.status == 200

    def _error_was_read(self, _: object, __: object = None) -> None:
        if self._result is None:
            self._end(Outcome("stream_error", "stream", 200, self._error, tokens=self._tokens))

    # -- for whoever asks for the rest

    @property
    def is_resumable(self) -> bool:
        return True

    @property
    def told(self) -> str:
        """The text so far."""
        return text_of(self._tokens + (self._rest.tokens if self._rest is not None else 0))

    @property
    def last_text(self) -> float:
        """When the last of it came."""
        return self._content.last if self._content is not None else 0.0

    @property
    def _tokens(self) -> int:
        return self._content.tokens if self._content is not None else 0

    def _texts(self, step: Tokens) -> None:
        """Content has come: one event, or a run whose times follow from when it began."""
        player, content = self._player, self._content
        assert player is not None
        assert content is not None
        if self._malformed == "no_start":
            self._last_byte = self._port.now()
            return
        if self._malformed == "order":
            self._port.timer(0.0, self._malformed_was_read, None)
            return
        began = player.run_began
        if began is None:
            content.add(self._port.now(), 0.0, step.count)
        else:
            content.add(began, step.gap, step.count)
        self._told_text()

    def _told_text(self) -> None:
        content = self._content
        assert content is not None
        self._last_byte = self._last_text = content.last
        if self._until_text:
            self._answer(Outcome("text", tokens=content.tokens, stream=self))

    def _finished(self) -> None:
        head = self._head
        assert head is not None
        if head.status != 200:
            outcome = Outcome("status", "read", head.status, self._error, head.retry_after, head.should_retry)
            if _SPENT in self._details:
                outcome = outcome._replace(detail=SPEND_CAP)
            # The SDK closes a streaming request that it will send again without reading the error's body.
            dropped = self.is_stream and not self._is_last and retries(outcome)
            self._end(outcome, is_reusable=not dropped)
        elif self._error is not None or (self._malformed not in ("", "no_start", "text") and head.sse):
            return  # it is about to be read
        elif self._in_stream:
            is_whole = self._is_complete and head.sse
            if is_whole and not self._malformed:
                self._end(streamed(self._tokens), is_reusable=True)
                return
            kind: Kind = "malformed" if is_whole else "truncated"
            self._end(Outcome(kind, "stream", 200, tokens=self._tokens, detail=self._malformed), is_reusable=True)
        elif self._malformed == "no_gzip":
            self._end(_LOST_IN_BODY)
        elif self._malformed or not self._is_complete:
            self._end(Outcome("malformed", "read", 200, detail=self._malformed or "no_json"), is_reusable=True)
        else:
            self._end(OK, is_reusable=True)

    def _broken(self, how: str) -> None:
        head = self._head
        if how == "closed" and self._is_complete and head is not None and _NO_LENGTH in head.fields:
            self._end(OK)  # that is how its body ends
        elif self._is_complete and head is not None and head.excess < 0:
            self._end(Outcome("malformed", "read", 200, detail="no_json"))
        elif self._in_stream:
            self._end(Outcome("stream_broken", "stream", 200, tokens=self._tokens, detail=how))
        else:
            self._end(CONNECTION_LOST if head is None else _LOST_IN_BODY)

    def accepts_run(self, run: Tokens) -> bool:
        """A run may come as one if no limit on its tokens could fire within it."""
        if self._until_text or self._malformed == "order" or (self._gap is not None and run.gap > self._gap):
            return False
        return self._read_timeout is None or run.gap <= self._read_timeout
