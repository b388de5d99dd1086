"""One HTTP request as the SDK's client would see it: timeouts, connection, stream. The sink of the simulated server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from brownout.fakes.draws import Identity
from brownout.fakes.latency import BYTES_PER_TOKEN
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
from brownout.fakes.tcp import HELD
from brownout.fakes.timeline import Armed
from brownout.fakes.usual import UsualPlayer

from ...policies.effects import Attempt, Handle, Read
from ...policies.engine import Callback
from ...policies.outcome import CANCELLED, OK, SPEND_CAP, SPEND_CAP_CODE, Kind, Outcome, opened, streamed
from ...policies.sdks.python import retries
from ...records import AttemptRecord
from ..content import Content, Shown
from .asking import request_of
from .dial import CONNECTION_LOST, keep_out
from .pool import Connection
from .unusual import Unusual

if TYPE_CHECKING:
    from .port import SimPort

_READ_TIMEOUT = Outcome("timeout", phase="read")
_IN_BODY = "body"
"""The detail of what went wrong behind the headers of a plain answer."""
_TIMEOUT_IN_BODY = _READ_TIMEOUT._replace(detail=_IN_BODY)
_LOST_IN_BODY = CONNECTION_LOST._replace(detail=_IN_BODY)
_WRITE_TIMEOUT = Outcome("timeout", phase="write")
_POOL_TIMEOUT = Outcome("timeout", phase="pool")


_NOTHING = Shown(0, None, 0.0, 0, 0)
_SPENT = ("error_code", SPEND_CAP_CODE)
_NO_LENGTH = ("content-length", "")


class SimAttempt(Unusual):
    """Also the stream that a `Read` goes on with, and the handle that cancels either."""

    __slots__ = (
        "_ask",
        "_callback",
        "_connect_timeout",
        "_details",
        "_error",
        "_gap",
        "_gap_timer",
        "_headers_timer",
        "_is_complete",
        "_is_fresh",
        "_is_last",
        "_is_stopped",
        "_last_text",
        "_node",
        "_pool",
        "_read_timeout",
        "_record_from",
        "_request",
        "_rest",
        "_timer",
        "_until_text",
        "_write_timeout",
        "is_stream",
        "who",
    )

    def __init__(self, port: SimPort, effect: Attempt, callback: Callback, node: Any) -> None:
        call, timeouts, self._is_last, headers_within = effect
        self._connect_timeout, self._read_timeout, self._write_timeout, pool_timeout = timeouts
        self._ask, self._rest = call.ask, call.rest
        self.who: Identity = call.next_identity()
        self._port = port
        self._callback: Callback | None = None
        self._node = node
        self._request = request_of(call, self.who, self._read_timeout if port.tells_patience else None)
        self.is_stream: bool = self._request.stream
        self._record_from = self._last_byte = self._last_text = now = port.now()
        self._player: UsualPlayer | None = None
        self._connection: Connection | None = None
        self._timer: Handle | None = None
        self._gap_timer: Handle | None = None
        self._headers_timer: Handle | None = None
        self._gap: float | None = None
        self._head: Head | None = None
        self._error: str | None = None
        self._details: tuple[tuple[str, str], ...] = ()
        self._malformed = ""
        self._rendering = self._dripping = None
        self._drops = 0
        self._result: Outcome | None = None
        self._content: Content | None = None
        self._is_fresh = self._is_stopped = self._until_text = self._is_complete = False
        if headers_within is not None:
            self._headers_timer = port.timer(headers_within, self._headers_expired, None)
        self._pool = pool = port.pool(self.who.client)
        found = pool.acquire(now)
        if found is not None:
            self.has_connection(found[0], found[1])
        else:
            pool.wait(self)
            if pool_timeout is not None:
                self._timer = port.timer(pool_timeout, self._pool_expired, None)
        self._callback = callback
        if self._result is not None:  # it was over at once; the port may not call back before it has returned
            self._callback = None
            port.timer(0.0, self._deliver, callback)

    def _deliver(self, callback: Any, _: object = None) -> None:
        if not self._is_stopped:
            callback(self._node, self._result)

    # -- the connection

    def has_connection(self, connection: Connection, is_fresh: bool) -> None:
        """The pool has given a connection: open it if need be, and send."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        port = self._port
        self._connection, self._is_fresh = connection, is_fresh
        if is_fresh and port.timeline.in_reach:  # else there is nothing that the entrance could hold against it
            kept_out = port.endpoint.entrance.connect(self.who, self.is_stream, port.now())
            if kept_out is not None:
                self.meets(kept_out)
                return
        self._send(connection)

    def meets(self, kept_out: Armed) -> None:
        """A fault keeps the connection out."""
        self._timer = keep_out(self._port, self, kept_out, self._connect_timeout)

    def is_kept_out(self, outcome: Outcome, _: object = None) -> None:
        """The connection did not come up, or broke before anything was sent on it."""
        self._end(outcome)

    def is_connected(self) -> None:
        """The connection has come up late."""
        assert self._connection is not None
        self._timer = None
        self._send(self._connection)

    def _send(self, connection: Connection) -> None:
        port = self._port
        now = port.now()
        if not self._is_fresh and (ending := connection.ending) is not None and ending.after is None:
            self._timer = port.timer(ending.late, self._ended_beneath, None)
            return
        if port.timeline.in_reach and port.endpoint.entrance.upload(self.who, now) is not None:
            self._stall_upload()
            return
        lost_to, connection.lost_to = connection.lost_to, ()
        if lost_to or port.timeline.in_reach:
            ticket = port.endpoint.answer(self._request, now, self._is_fresh, lost_to)
        else:
            ticket = port.endpoint.expect(self._request, now, self._is_fresh)
        self._last_byte = now
        if self._read_timeout is not None:
            self._timer = port.timer(self._read_timeout, self._read_expired, None)
        self._player = player = UsualPlayer(port.endpoint, ticket, port.clock, self)
        port.in_flight.add(self)
        player.start()

    def _stall_upload(self) -> None:
        """The server does not read on."""
        is_large = BYTES_PER_TOKEN * self._ask.input_tokens > HELD
        limit = self._write_timeout if is_large else self._read_timeout
        if limit is not None:
            self._timer = self._port.timer(limit, self.is_kept_out, _WRITE_TIMEOUT if is_large else _READ_TIMEOUT)

    def _ended_beneath(self, _: object, __: object = None) -> None:
        """The server has ended the connection while the request was on its way."""
        self._timer = None
        self._end(CONNECTION_LOST)

    def strike(self) -> None:
        """A phase has begun that may hit what is in flight."""
        player = self._player
        if player is None:
            return
        ends = player.run_ends
        player.strike()
        if ends and self._result is None and player.run_ends != ends:
            self._set_limits_again()

    def _set_limits_again(self) -> None:
        """A run was cut short: what could not fire before its end now can."""
        clock, read, gap = self._port.clock, self._read_timeout, self._gap
        if self._timer is not None and read is not None:
            self._timer.cancel()
            self._timer = clock.at(max(self._port.now(), self._last_byte + read), self._read_expired, None)
        if self._gap_timer is not None and gap is not None:
            self._gap_timer.cancel()
            self._gap_timer = clock.at(max(self._port.now(), self._last_text + gap), self._gap_expired, None)

    def _pool_expired(self, _: object, __: object = None) -> None:
        self._timer = None
        self._pool.give_up(self)
        self._end(_POOL_TIMEOUT)

    # -- what the server sends

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

    # -- limits

    def _headers_expired(self, _: object, __: object = None) -> None:
        self._headers_timer = None
        if self._connection is None:
            self._pool.give_up(self)
        self._leave(_READ_TIMEOUT)

    def _run_ends(self) -> float:
        return 0.0 if self._player is None else self._player.run_ends

    def _read_expired(self, _: object, __: object = None) -> None:
        timeout = self._read_timeout
        assert timeout is not None
        since = max(self._last_byte, self._run_ends())
        if since + timeout > self._port.now():
            self._timer = self._port.clock.at(since + timeout, self._read_expired, None)
            return
        self._timer = None
        in_stream = Outcome("stream_timeout", "stream", 200, tokens=self._tokens)
        plain = _READ_TIMEOUT if self._head is None else _TIMEOUT_IN_BODY
        self._leave(in_stream if self._in_stream else plain)

    def _gap_expired(self, _: object, __: object = None) -> None:
        gap = self._gap
        assert gap is not None
        since = max(self._last_text, self._run_ends())
        if since + gap > self._port.now():
            self._gap_timer = self._port.clock.at(since + gap, self._gap_expired, None)
            return
        self._gap_timer = None
        self._leave(Outcome("gap", "gap", 200, tokens=self._tokens))

    # -- the client

    def read(self, effect: Read, callback: Callback, node: Any) -> SimAttempt:
        """Go on with the stream."""
        self._gap, self._until_text = effect.gap, effect.until_text
        if self._result is not None:
            self._node = node
            self._port.clock.timer(0.0, self._deliver, callback)
            return self
        self._callback, self._node = callback, node
        if effect.gap is not None and self._gap_timer is None:
            self._gap_timer = self._port.clock.at(self._last_text + effect.gap, self._gap_expired, None)
        return self

    def cancel(self) -> None:
        """The caller has lost interest."""
        self._callback = None
        self._is_stopped = True
        if self._result is None:
            if self._connection is None:
                self._pool.give_up(self)
            self._leave(CANCELLED)

    def _leave(self, outcome: Outcome) -> None:
        """Close the connection under a server that is not done."""
        player, content = self._player, self._content
        if player is not None:
            if content is not None and (run := player.run) is not None:
                content.add(*run)  # what has come of it, though the server has not been asked for it yet
            player.abandon()
        self._end(outcome)

    def _answer(self, outcome: Outcome) -> None:
        """Tell the layers; a stream goes on behind this."""
        callback, self._callback, self._until_text = self._callback, None, False
        if callback is not None:
            callback(self._node, outcome)

    def _end(self, outcome: Outcome, is_reusable: bool = False) -> None:
        port = self._port
        now = port.now()
        self._result = outcome
        if self._timer is not None:
            self._timer.cancel()
        if self._gap_timer is not None:
            self._gap_timer.cancel()
        if self._headers_timer is not None:
            self._headers_timer.cancel()
        self._timer = self._gap_timer = self._headers_timer = None
        if (player := self._player) is not None:
            if player.ticket.ended is None:
                player.abandon()
            port.in_flight.discard(self)
            self._player = None
        kind = outcome.kind
        shown = _NOTHING
        if (content := self._content) is not None:
            shown = content.ended(now, kind == "ok")
            if outcome.tokens and kind != "ok":
                self._result = outcome = outcome._replace(stream=self)
        told = (self.who, self._record_from, now, kind, outcome.phase, outcome.status, self._is_fresh)
        port.attempts.append(tuple.__new__(AttemptRecord, told + shown))
        if self._connection is not None:
            self._pool.release(self._connection, now, is_reusable)
        callback, self._callback, self._until_text = self._callback, None, False
        if callback is not None:
            callback(self._node, outcome)
