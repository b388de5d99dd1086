"""Steps that follow each other at one pace: the tokens of an answer, the pieces of what comes byte by byte. A run of
tokens is one timer where the sink does not care to see each of them."""

from __future__ import annotations

from abc import abstractmethod

from .backend import Clock, Handle, Sink
from .endpoint import Endpoint
from .plan import Drops, Making, Step, Tokens
from .ticket import Ticket


class Pacing:
    """The part of a player that plays the run under way, if there is one."""

    __slots__ = (
        "_began",
        "_clock",
        "_dripped",
        "_due",
        "_endpoint",
        "_is_one",
        "_one_by_one",
        "_pending",
        "_run",
        "_sent",
        "_sink",
        "ticket",
    )

    ticket: Ticket
    _endpoint: Endpoint
    _clock: Clock
    _sink: Sink | None
    _pending: Handle | None
    _due: float
    _run: Tokens | Making | Drops | None
    _is_one: bool

    # Set when a run begins:
    _began: float
    _sent: int
    """How many of its tokens were emitted."""
    _one_by_one: int
    """How many of those before the rest came as one."""
    _dripped: Step | None
    """What the drops are of."""

    @abstractmethod
    def play(self, _: object = None, __: object = None) -> None:
        """Go on until the next wait."""

    @abstractmethod
    def _note(self, step: Step, now: float) -> None:
        """What a step means for the ticket."""

    @property
    def run_ends(self) -> float:
        """When the run under way that comes as one step will have come; 0 if there is none, or nothing of it is due."""
        run = self._run
        if not isinstance(run, Tokens) or not self._is_one or self._began + run.gap > self._clock.now():
            return 0.0
        return self._began + run.count * run.gap

    @property
    def run_began(self) -> float | None:
        """When the run that is being emitted as one step began; None if its tokens come one by one."""
        return self._begins if self._is_one else None

    @property
    def _begins(self) -> float:
        """The same of what comes as one, whose tokens before it had their own time."""
        run = self._run
        return self._began if not self._one_by_one or run is None else self._began + self._one_by_one * run.gap

    @property
    def run(self) -> tuple[float, float, int] | None:
        """Of the run under way that comes as one step: when it began, its gap, and how many of it are due by now and
        were not emitted."""
        run = self._run
        if not isinstance(run, Tokens) or not self._is_one or self._sent > self._one_by_one:
            return None
        return self._begins, run.gap, self._tokens_due(run, self._clock.now()) - self._one_by_one

    def _begin_run(self, run: Tokens | Making | Drops, is_one: bool) -> None:
        self._run, self._began, self._is_one = run, self._due, is_one
        self._sent = self._one_by_one = 0

    def _go_on_with_run(self, now: float) -> bool:
        """Emit the tokens that are due; False while there are more to wait for."""
        run = self._run
        assert run is not None
        if self._is_one:
            self._due = self._began + run.count * run.gap
        else:
            self._due = self._began + (self._sent + 1) * run.gap
        while self._due <= now:
            self._flush_run(self._tokens_due(run, now))
            if self._run is None:
                return False  # what came made the client leave
            if self._sent == run.count:
                self._due = self._began + run.count * run.gap
                self._end_run(now)
                return True
            self._due = self._began + (self._sent + 1) * run.gap
            if self._is_rest_one(run):
                self._is_one, self._one_by_one = True, 1
                self._due = self._began + run.count * run.gap
        self._pending = self._clock.timer(self._due - now, self.play, None)
        return False

    def _is_rest_one(self, run: Tokens | Making | Drops) -> bool:
        """Whether what follows the first token may come as one."""
        sink = self._sink
        return (
            self._sent == 1
            and not self._is_one
            and run.__class__ is Tokens
            and sink is not None
            and sink.accepts_run(run)
        )

    def _end_run(self, now: float) -> None:
        """No more comes of the run under way."""
        if self._endpoint.meter is not None:
            self._endpoint.meter.end(self.ticket, self._sent, now)
        run, self._run = self._run, None
        if run.__class__ is Drops and self._sent == run.count and self._dripped is not None:
            self._note(self._dripped, now)

    def _tokens_due(self, run: Tokens | Making | Drops, now: float) -> int:
        """How many tokens of the run should have left by now.

        A quotient alone may be rounded below the next one: the player would never be done with a time that has come.
        """
        if run.gap <= 0.0 or now >= self._began + run.count * run.gap:
            return run.count
        is_next_due = self._began + (self._sent + 1) * run.gap <= now
        return min(run.count, max(int((now - self._began) / run.gap + 1e-9), self._sent + is_next_due))

    def _flush_run(self, sent: int) -> None:
        """Emit what of the run is due and was not emitted."""
        fresh = sent - self._sent
        if fresh <= 0 or self._run is None:
            return
        self._sent = sent
        run = self._run
        if run.__class__ is Making:
            return
        if run.__class__ is Drops:
            step: Step = Drops(fresh, run.gap)
        else:
            self.ticket.sent_tokens += fresh
            step = run if fresh == run.count else Tokens(fresh, run.gap)  # `replace` takes five times as long
        if self._sink is not None:
            self._sink.emit(step)
