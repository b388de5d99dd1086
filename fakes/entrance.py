"""Who gets in: the faults that keep connections out, and those that keep a request from being read."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from .draws import Identity
from .faults.base import STAGES, Stage
from .journal import TurnedAway
from .timeline import Armed, Timeline


class Entrance:
    """That of one endpoint."""

    def __init__(self, timeline: Timeline, tell: Callable[[TurnedAway, str], object], keeps_journal: bool) -> None:
        """`tell` is told of everybody who is turned away, and by which kind of fault."""
        self._timeline, self._tell, self._keeps_journal = timeline, tell, keeps_journal
        self.turned_away: list[TurnedAway] = []
        """Connections that a fault kept out, as far as anybody here has seen them."""

    def connect(
        self,
        who: Identity,
        stream: bool,
        now: float,
        before: Armed | None = None,
        stages: AbstractSet[Stage] = STAGES,
        has_knocked: bool = False,
    ) -> Armed | None:
        """The fault that keeps a new connection out, or None when it is let in. `who` is the attempt it is opened
        for, streaming or not. The fault is counted, unless it is `before`: the one that kept the same connection out
        when it tried last. When a real port is shut or dark only the client sees it, and its driver has to ask.

        `stages`: those that are asked about; `has_knocked`: the faults that need not know anybody have been asked."""
        for armed in self._timeline.in_reach:
            is_asked = armed.fault.stage in stages and not (has_knocked and armed.is_blind)
            if is_asked and armed.hits(who, stream, now):
                self._kept_out(armed, before, now)
                return armed
            if armed.lets_in(stages):
                break
        return None

    def knock(
        self, number: int, now: float, before: Armed | None = None, stages: AbstractSet[Stage] = STAGES
    ) -> Armed | None:
        """The same for somebody of whom nothing is known but the number of the connection: only what keeps everybody
        out does, and what strikes connections as they are counted."""
        for armed in self._timeline.in_reach:
            if armed.fault.stage in stages and armed.keeps_out(number, now, before):
                self._kept_out(armed, before, now)
                return armed
            if armed.lets_in(stages):
                break
        return None

    def _kept_out(self, armed: Armed, before: Armed | None, now: float) -> None:
        if armed is not before:
            self._timeline.counts[armed.mark.fault].planned += 1
            if armed.fault.stage != "tls":  # of that it has to be seen whether it is spoken at all
                self.turn_away(armed, now)

    def turn_away(self, armed: Armed, now: float) -> None:
        """Somebody has met the fault that was meant for a connection, or a request, that did not get here."""
        self._timeline.counts[armed.mark.fault].fired += 1
        away = TurnedAway(now, armed.name)
        if self._keeps_journal:
            self.turned_away.append(away)
        self._tell(away, armed.fault.kind)

    def upload(self, who: Identity, now: float) -> Armed | None:
        """The fault that keeps a request from being read to its end, or None. Only its headers have come."""
        for armed in self._timeline.in_reach:
            if armed.fault.on_upload and armed.hits(who, False, now):
                self._timeline.counts[armed.mark.fault].planned += 1
                self.turn_away(armed, now)
                return armed
            if armed.lets_in():
                break
        return None
