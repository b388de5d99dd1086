"""Follows one call of a program: its HTTP requests, however many at a time, and its waits between them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from brownout.fakes.draws import Identity

from ...policies.call import Call
from ...policies.outcome import CANCELLED, Outcome
from ...records import WaitRecord
from .exchange import Exchange

Seen = Callable[[Identity, bool], object]


class RunIsOver(BaseException):
    """For whoever still wants to send when everything has been measured."""


class Watch:
    """`connecting` is told before a connection is opened, `refused` when it was refused: neither may be seen by the
    server. Requests may come from several threads."""

    def __init__(
        self, call: Call, now: Callable[[], float], record: Callable[[Any], None], connecting: Seen, refused: Seen
    ) -> None:
        self.call = call
        self.now = now
        self.record = record
        self.connecting = connecting
        self.refused = refused
        self.who: Identity | None = None
        self._lock = Lock()
        self._open: dict[Exchange, None] = {}
        self._ended: list[tuple[Outcome, float, float]] = []
        """What became of each request, when it was begun and when it ended."""
        self._last: tuple[Identity, float] | None = None
        self._is_over = False

    def begin(self) -> Exchange:
        """A request is about to be sent. Raises `RunIsOver`."""
        with self._lock:
            if self._is_over:
                raise RunIsOver
            who, now = self.call.next_identity(), self.now()
            if self._last is not None and not self._open:
                before, ended = self._last
                self.record(WaitRecord(before, ended, now - ended, "program"))
            self.who = who
            exchange = Exchange(self, who, now)
            self._open[exchange] = None
        return exchange

    def end(self, exchange: Exchange, outcome: Outcome) -> None:
        """It is over. Does nothing the second time."""
        with self._lock:
            if exchange not in self._open:
                return
            del self._open[exchange]
            now = self.now()
            self._last = exchange.who, now
            self._ended.append((outcome._replace(tokens=exchange.tokens), exchange.started, now))
            self.record(exchange.as_record(outcome, now))

    def close(self) -> None:
        """The run is over: what is still open is called off, and nothing more can be sent."""
        self._is_over = True
        for exchange in tuple(self._open):
            self.end(exchange, CANCELLED)

    # -- what the call has come to

    def returned(self) -> Outcome:
        """The program has an answer, it thinks."""
        last = self._decisive()
        if last is None or last.kind not in ("ok", "truncated"):
            return Outcome("unanswered")
        return last

    def raised(self, error: BaseException) -> Outcome:
        """The program has given up: by what its last request has come to."""
        kind = type(error)
        raised = f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"
        if isinstance(error, TimeoutError):  # asyncio's; those of HTTP libraries are others
            return Outcome("deadline", "total", raised=raised)
        last = self._decisive()
        if last is None or last.kind == "ok":
            return Outcome("raised", raised=raised)
        return last._replace(raised=raised)

    def _decisive(self) -> Outcome | None:
        """What the last request that was not called off has come to; of those side by side a whole answer counts."""
        counted = [each for each in self._ended if each[0].kind != "cancelled"]
        if not counted:
            return None
        last, began, _ = counted[-1]
        if last.kind != "ok":
            beside = (outcome for outcome, _, ended in counted if outcome.kind == "ok" and ended >= began)
            return next(beside, last)
        return last
