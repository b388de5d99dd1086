"""One HTTP request of a program: labelled as it is sent, and recorded when something has come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brownout.fakes.draws import Identity

from ...policies.call import Call
from ...policies.outcome import CANCELLED, OK, Outcome
from ...records import AttemptRecord
from ..content import Content
from . import failures
from .events import Events

if TYPE_CHECKING:
    from .watch import Watch


class Exchange:
    """What the tap tells it of the request, it tells the watch of its call."""

    __slots__ = ("_content", "_events", "_is_fresh", "_watch", "started", "who")

    def __init__(self, watch: Watch, who: Identity, started: float) -> None:
        self._watch = watch
        self.who = who
        self.started = started
        self._is_fresh = False
        self._content = Content(watch.call.ask)
        self._events: Events | None = None

    @property
    def call(self) -> Call:
        return self._watch.call

    def traced(self, name: str) -> None:
        """The connection pool says what it does."""
        if name == "connection.connect_tcp.started":
            self._is_fresh = True
            self._watch.connecting(self.who, self.call.ask.stream)

    def failed(self, error: BaseException) -> None:
        """No headers came."""
        outcome = failures.of_request(error)
        if outcome.kind == "connection" and outcome.phase == "connect":
            self._watch.refused(self.who, self.call.ask.stream)
        self._watch.end(self, outcome)

    def answered(self, status: int, is_stream: bool) -> None:
        """The headers are there."""
        if status != 200:
            self._watch.end(self, Outcome("status", "read", status))
        elif is_stream:
            self._events = Events()

    def read(self, chunk: bytes) -> None:
        """Something of the body has come."""
        if self._events is not None:
            self._content.add(self._watch.now(), 0.0, self._events.feed(chunk))

    def body_failed(self, error: BaseException) -> None:
        """The rest of it will not."""
        of = failures.of_request if self._events is None else failures.of_stream
        self._watch.end(self, self._known or of(error))

    def body_ended(self) -> None:
        """All of it has come."""
        if self._events is None:
            self._watch.end(self, OK)
        else:
            self._watch.end(self, self._known or Outcome("truncated", "stream", 200))

    def closed(self) -> None:
        """Nobody reads on, whether or not anything is left."""
        is_whole = self._events is not None and self._events.is_whole
        self._watch.end(self, self._known or (OK._replace(status=200) if is_whole else CANCELLED))

    @property
    def _known(self) -> Outcome | None:
        """How a stream has ended that has said so."""
        return None if self._events is None else self._events.outcome

    @property
    def tokens(self) -> int:
        return self._content.tokens

    def as_record(self, outcome: Outcome, now: float) -> AttemptRecord:
        return AttemptRecord(
            self.who,
            self.started,
            now,
            outcome.kind,
            outcome.phase,
            outcome.status,
            self._is_fresh,
            *self._content.ended(now, outcome.kind == "ok"),
        )
