"""The engine's port into the simulator: one endpoint, a pool for each client, SimPy's clock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from brownout.fakes.endpoint import Endpoint

from ...policies.effects import Attempt, Handle, Read
from ...policies.engine import Callback
from ...records import AttemptRecord
from .attempt import SimAttempt
from .clock import SimClock
from .pool import Pool, PoolLimits


class SimPort:
    """`attempt`, `read` and `timer` in virtual time."""

    def __init__(
        self,
        clock: SimClock,
        endpoint: Endpoint,
        attempts: list[AttemptRecord],
        limits_of: Callable[[int], PoolLimits],
    ) -> None:
        """`limits_of` says how many connections a client may keep, by its number."""
        self.clock = clock
        self.endpoint = endpoint
        self.timeline = endpoint.timeline
        self.attempts = attempts
        self.in_flight: set[SimAttempt] = set()
        self.now = clock.now
        self.timer = clock.timer
        self._limits_of = limits_of
        self.tells_patience = endpoint.service.capacity.queue_order == "deadline"
        """Whether anybody listens to what the SDK says in its headers."""
        self.speaks_tls = endpoint.service.has_tls_faults
        """Whether connections are opened with a handshake of it."""
        self._pools: dict[int, Pool] = {}
        self.attempt: Callable[[Attempt, Callback, Any], Handle] = partial(SimAttempt, self)

    def pool(self, client: int) -> Pool:
        """The connections of a client."""
        pool = self._pools.get(client)
        if pool is None:
            pool = self._pools[client] = Pool(self._limits_of(client))
        return pool

    def read(self, effect: Read, callback: Callback, node: Any) -> Handle:
        stream: SimAttempt = effect.stream
        return stream.read(effect, callback, node)

    def follow_phases(self) -> None:
        """Set a timer for each phase of the timeline, and hit what its start hits."""
        for index, start in enumerate(self.endpoint.timeline.starts()):
            if index:
                self.clock.at(start, self._begin_phase, index)
        self._begin_phase(0)

    def _begin_phase(self, index: int, _: object = None) -> None:
        phase = self.endpoint.begin_phase(index)
        if phase.breaks_idle:
            for pool in self._pools.values():
                pool.close_idle()
        elif forgets := self.endpoint.timeline.forgets:
            for pool in self._pools.values():
                pool.forget_idle(forgets)
        if phase.hits_in_flight:  # after the idle ones, as who is struck may send again at once
            for attempt in sorted(self.in_flight, key=lambda attempt: attempt.who):
                attempt.strike()
