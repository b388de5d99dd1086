"""One HTTP request as the SDK's client would see it: timeouts, connection, stream. The sink of the simulated server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from brownout.fakes.draws import Identity
from brownout.fakes.latency import BYTES_PER_TOKEN
from brownout.fakes.tcp import HELD
from brownout.fakes.timeline import Armed
from brownout.fakes.usual import UsualPlayer

from ...policies.effects import Attempt, Handle, Read
from ...policies.engine import Callback
from ...policies.outcome import CANCELLED, Outcome
from ...records import AttemptRecord
from ..content import Shown
from .asking import request_of
from .dial import CONNECTION_LOST, keep_out
from .pool import Connection
from .reading import IN_BODY, Reading

if TYPE_CHECKING:
    from .port import SimPort

_READ_TIMEOUT = Outcome("timeout", phase="read")
_TIMEOUT_IN_BODY = _READ_TIMEOUT._replace(detail=IN_BODY)
_WRITE_TIMEOUT = Outcome("timeout", phase="write")
_POOL_TIMEOUT = Outcome("timeout", phase="pool")
_NOTHING = Shown(0, None, 0.0, 0, 0)


class SimAttempt(Reading):
    """Also the handle that cancels it."""

    __slots__ = (
        "_callback",
        "_connect_timeout",
        "_gap_timer",
        "_is_fresh",
        "_is_stopped",
        "_node",
        "_pool",
        "_record_from",
        "_request",
        "_timer",
        "_write_timeout",
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
        self.is_stream = self._request.stream
        self._record_from = self._last_byte = self._last_text = now = port.now()
        self._player = self._connection = None
        self._timer: Handle | None = None
        self._gap_timer: Handle | None = None
        self._headers_timer = None
        self._gap = self._head = self._content = self._result = None
        self._error, self._details, self._malformed = None, (), ""
        self._rendering = self._dripping = None
        self._drops = 0
        self._is_fresh = self._is_stopped = self._until_text = self._is_complete = False
        if headers_within is not None:
            self._headers_timer = port.timer(headers_within, self._headers_expired, None)
        self._pool = pool = port.pool(self.who.client)
        found = pool.acquire(now)
        if found is not None:
            self.has_connection(*found)
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
