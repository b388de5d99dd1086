"""One endpoint served over HTTP: its clock, its phases, the connections that are open. What listens is a subclass."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from datetime import datetime, timedelta

from ..backend import Handle
from ..endpoint import Endpoint
from ..replies import Replies
from ..script import Asking
from ..timeline import Phase
from .at_once import AtOnce
from .bounds import UNHURRIED, Bounds
from .clock import ScaledClock
from .connection import Connection
from .heads import Heads
from .requests import Register


class Server(ABC):
    """Serves one endpoint. `begin` makes this second 0 of the scenario."""

    clock: ScaledClock

    def __init__(
        self,
        endpoint: Endpoint,
        begins_with_first_request: bool = False,
        scheme: str = "http",
        bounds: Bounds = UNHURRIED,
    ) -> None:
        self.endpoint, self.bounds = endpoint, bounds
        self.connections: dict[Connection, None] = {}
        """Those that are open, in the order in which they were opened."""
        self.most_connections = bounds.connections
        self.heads = Heads()
        self.register = Register()
        self.replies = Replies()
        self.asking = Asking()
        self._scheme = scheme
        self.at_once = self._at_once()
        self._told = 0
        self._phases: list[Handle] = []
        self.is_over = False
        """Whether nobody is served any more, not even who was accepted a moment ago."""
        self._begins_with_first_request = self._waits_for_request = begins_with_first_request

    def _at_once(self) -> AtOnce:
        return AtOnce(lambda: self.endpoint, self.replies, self._wall, self._scheme)

    @property
    def has_begun(self) -> bool:
        """Whether the clock of the scenario runs."""
        return not self._waits_for_request

    def begin(self) -> None:
        """Second 0: the first phase begins now, the others follow."""
        self.clock.start()
        self._follow(0)

    def renew(self, endpoint: Endpoint) -> None:
        """From now on another service answers, whose first phase begins now. Raises `RuntimeError` while there are
        requests under way: their answers are the other one's."""
        if any(connection.player is not None for connection in self.connections):
            raise RuntimeError("another service cannot take over while requests are under way")
        self.take_over(endpoint)

    def take_over(self, endpoint: Endpoint) -> None:
        """The same, whatever is under way: it comes to nothing."""
        for connection in tuple(self.connections):
            if connection.player is not None:
                connection.drop()
        self.endpoint = endpoint
        if self.has_begun:
            self._follow(0)

    def restart(self, endpoint: Endpoint) -> None:
        """Everything anew: no connection is left, nothing is scripted, and this is second 0, or the first request will
        be."""
        self._drop_connections()
        self.endpoint, self.register = endpoint, Register()
        self.replies.clear()
        self.at_once = self._at_once()
        self._waits_for_request = self._begins_with_first_request
        if self._waits_for_request:
            self._end_phases()
            self._phase_began(Phase(0.0))  # as long as nobody has come, nobody is kept out
        else:
            self.begin()

    def wind_up(self) -> None:
        """Nobody new is served; whoever is being answered may be to the end."""
        self.is_over = True
        self._end_phases()
        for connection in tuple(self.connections):
            connection.wind_up()

    def go_on_with(self, phases: tuple[Phase, ...]) -> None:
        """From now on these, instead of whatever was to come; the clock starts if it has not."""
        self.request_arrived()
        self._follow(self.endpoint.timeline.extend(phases))

    def _follow(self, first: int) -> None:
        """The phase of that index begins now, the others follow."""
        self._end_phases()
        starts = self.endpoint.timeline.starts(first)
        self._begin_phase(first)
        self._phases = [self.clock.timer(at, self._begin_phase, first + i) for i, at in enumerate(starts) if i]

    def _end_phases(self) -> None:
        for timer in self._phases:
            timer.cancel()

    def request_arrived(self) -> None:
        """Start the clock, if it was to wait for this."""
        if self._waits_for_request:
            self._waits_for_request = False
            self.begin()

    def request_id(self) -> str:
        """For an answer that is none of the brain's."""
        self._told += 1
        return f"req_02{self._told:022x}"

    def _wall(self, at: float) -> datetime:
        """The time of day at a second of the scenario."""
        return self.time_of_day() + timedelta(seconds=(at - self.clock.now()) / self.clock.scale)

    @abstractmethod
    def time_of_day(self) -> datetime:
        """What clients are told."""

    def speaks_tls(self, transport: asyncio.Transport | None = None) -> bool:
        """Whether a connection does; without one, all of them."""
        return self._scheme == "https"

    def stop_reading(self, transport: asyncio.Transport, came: int) -> None:
        """For ever, when so many bytes of a body have come."""
        transport.pause_reading()

    @abstractmethod
    def reset(self, transport: asyncio.Transport) -> None:
        """End a connection with RST."""

    @property
    def is_full(self) -> bool:
        """Whether there are as many connections as there may be."""
        return len(self.connections) >= self.most_connections

    def is_there(self, transport: asyncio.Transport) -> bool:
        """Whether a client that sends nothing more can still read. In memory it leaves in another way."""
        return True

    def _drop_everything(self) -> None:
        self.is_over = True
        self._end_phases()
        self._drop_connections()

    def _drop_connections(self) -> None:
        for connection in tuple(self.connections):
            connection.drop()

    def _begin_phase(self, index: int, _: object = None) -> None:
        phase = self.endpoint.begin_phase(index)
        self._phase_began(phase)
        if phase.hits_in_flight:
            playing = [connection for connection in self.connections if connection.player is not None]
            for connection in sorted(playing, key=lambda connection: connection.who):
                if connection.player is not None:
                    connection.player.strike()
        if phase.breaks_idle:
            for connection in tuple(self.connections):
                if connection.is_idle:
                    connection.strike_idle(phase.breaks_idle == "rst")
        elif forgets := self.endpoint.timeline.forgets:
            for connection in self.connections:
                if connection.is_idle:
                    connection.forget_idle(forgets)

    def _phase_began(self, phase: Phase) -> None:  # noqa: B027 - most that listen need not do anything
        """For whatever listens."""
