"""The fake service as a test sees it: what goes wrong next is scripted here, and what the program did is read here."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from os import PathLike, fspath
from typing import Any

from brownout.fakes.distributions import tokens_always
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.faults import Fault
from brownout.fakes.journal import Served, TurnedAway
from brownout.fakes.latency import Latency
from brownout.fakes.script import Asking, Scope, Turns
from brownout.fakes.timeline import Phase
from brownout.fakes.units import parse_duration
from brownout.fakes.virtual.errors import NotRouted

from .. import sources
from ..availability import unavailable
from ..scenario import Scenario
from .spans import Budget, Within
from .stage import Backend, Stage
from .telling import Limit, timeline
from .trace import Trace
from .unfired import Entry, Played, complaints

Named = str | PathLike[str]


class Service:
    """The service that the program under test calls. Everything scripted lasts until the test ends, or `clear`."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.seed = seed
        self._stage = stage
        self._entries: list[Entry] = []
        self._played: list[Played] = []
        self._missed: list[Limit] = []
        """Limits on parts of the test that were over when something was raised in them, in that order."""
        self._past: list[Endpoint] = []
        """Those that answered before this one took over."""

    # -- what goes wrong

    def next(self, fault: Fault, *, times: int = 1, optional: bool = False) -> None:
        """The next requests meet this fault: so many of those that it concerns. What is scripted later comes after it,
        what a phase or a scenario has in force only when nothing scripted is left.

        A fault that does not take effect so many times fails the test, unless it is `optional`. Raises `ValueError`.
        """
        if type(times) is not int or times < 1:
            raise ValueError(f"times: expected a whole number from 1, got {times!r}")
        self._script(fault, times, optional)

    def always(self, fault: Fault, *, optional: bool = False) -> None:
        """Every request meets this fault from now on, once what `next` has scripted is used up. It has to take effect
        at least once."""
        self._script(fault, math.inf, optional)

    def phases(self, *phases: Phase) -> None:
        """From now on these follow each other, instead of the scenario's; the last one lasts."""
        if not phases:
            raise ValueError("phases: expected at least one")
        given: tuple[object, ...] = phases
        if strange := [each for each in given if not isinstance(each, Phase)]:
            raise ValueError(f"phases: expected what `brownout.faults.phase` makes, got {strange[0]!r}")
        self._check([fault for phase in phases for fault in phase.faults])
        self._stage.do(lambda: self._go_on_with(phases))

    def play(self, scenario: Named | Scenario) -> None:
        """From now on the service is that of a scenario, by its name or file: its speed, its limits and its incident,
        which begins now. Raises `RuntimeError` while requests are under way, and as `brownout.scenario` does."""
        if not isinstance(scenario, Scenario):
            scenario = sources.scenario(fspath(scenario)).value
        incident = scenario
        self._check([fault for phase in incident.timeline for fault in phase.faults])
        self._stage.do(lambda: self._renew(Endpoint(incident.service(), self.seed), incident.name))

    def must_matter(self, name: str) -> None:
        """The scenario that the service has begun with is what the test is about: something of it has to take
        effect."""
        self._stage.do(
            lambda: self._played.append(Played.of(self._stage.server.endpoint.timeline, name, self._clock(), 0))
        )

    def answers(
        self, *, tokens: int | None = None, first_token: str | None = None, token_gap: str | None = None
    ) -> None:
        """From now on answers have so many tokens, and take so long: `first_token="2s"`. What is not given stays as it
        is. Raises `RuntimeError` while requests are under way."""
        given = {"first_token": first_token, "token_gap": token_gap}
        self._stage.do(lambda: self._change(tokens, {name: value for name, value in given.items() if value}))

    def clear(self) -> None:
        """Nothing more goes wrong. What has been scripted need not take effect any more."""
        self._entries.clear()
        self._played.clear()
        self._stage.do(self._clear)

    # -- what was seen

    @property
    def backend(self) -> Backend:
        return self._stage.backend

    @property
    def refused(self) -> list[NotRouted]:
        """Attempts to reach anything but the service, which a program may have swallowed."""
        return self._stage.refused

    @property
    def url(self) -> str:
        """Where clients find the service; those that are not told otherwise are led there."""
        return self._stage.url

    @property
    def now(self) -> float:
        """Seconds since the beginning: of virtual time, or, on the wire, of real."""
        return self._stage.do(self._stage.server.clock.now)

    @property
    def requests(self) -> list[Served]:
        """Every request, in the order of (arrival, identity)."""
        return self._stage.do(self._journal)

    @property
    def faults(self) -> dict[str, tuple[int, int]]:
        """Name of a fault -> how many requests it was meant for, and on how many it took effect."""
        return self._stage.do(
            lambda: {
                name: (counts.planned, counts.fired)
                for endpoint in self._endpoints()
                for name, counts in zip(endpoint.timeline.names, endpoint.timeline.counts, strict=True)
            }
        )

    @property
    def trace(self) -> Trace:
        """What the program did so far."""
        return self._stage.do(lambda: Trace.of(self._journal(), self._away(), self._stage.server.clock.now()))

    def explain(self) -> str:
        """The trace, line by line."""
        return timeline(self.trace, self._missed[0] if self._missed else None)

    def within(self, limit: str) -> Within:
        """A part of the test that may take so long, such as `"60s"`; for a `with` statement."""
        return Within(parse_duration(limit), lambda: self.trace, self._missed.append)

    def budget(self, limit: str) -> Budget:
        """The same for a chain of calls, which tells step by step what was spent."""
        return Budget(parse_duration(limit), lambda: self.trace, self._missed.append)

    def complaints(self) -> list[str]:
        """Why the test proves nothing, whatever it asserts: what was scripted and did not take effect, and what wanted
        to reach anything but the service."""
        stage, refused = self._stage, dict.fromkeys(map(str, self.refused))
        late = ["the test took longer than its limit, and the service was shut then"] if stage.was_cut else []
        return [
            *refused,
            *late,
            *stage.do(lambda: complaints(self._entries, self._played, self._journal(), self._clock())),
        ]

    # -- on the server's side

    def _clock(self) -> float:
        return self._stage.server.clock.now()

    def _endpoints(self) -> list[Endpoint]:
        return [*self._past, self._stage.server.endpoint]

    def _journal(self) -> list[Served]:
        return [served for endpoint in self._endpoints() for served in endpoint.journal()]

    def _away(self) -> list[TurnedAway]:
        return [away for endpoint in self._endpoints() for away in endpoint.entrance.turned_away]

    def _check(self, faults: Iterable[Fault]) -> None:
        """Raise `ValueError` for one that cannot be played here."""
        stage = self._stage
        for fault in faults:
            if why := unavailable(fault, stage.backend, stage.backend != "wire" or stage.server.speaks_tls()):
                raise ValueError(why)

    def _script(self, fault: Fault, times: float, optional: bool, only: tuple[Scope, Asking] | None = None) -> Entry:
        if not isinstance(fault, Fault):
            raise ValueError(f"expected a fault, such as brownout.faults.overload(), got {fault!r}")
        self._check([fault])
        entry = Entry(fault, f"scripted {len(self._entries) + 1}", Turns(times), times, optional, only=only)
        self._entries.append(entry)
        self._stage.do(lambda: entry.put_on(self._stage.server.endpoint.timeline))
        return entry

    def _go_on_with(self, phases: tuple[Phase, ...]) -> None:
        server = self._stage.server
        timeline, began = server.endpoint.timeline, self._clock()
        first = len(timeline.phases)
        server.go_on_with(phases)
        self._played.append(Played.of(timeline, "", began, first))

    def _renew(self, endpoint: Endpoint, name: str, drops: bool = False) -> None:
        server = self._stage.server
        before = server.endpoint
        if drops:
            server.take_over(endpoint)
        else:
            server.renew(endpoint)
        self._past.append(before)
        for entry in self._entries:
            entry.put_on(endpoint.timeline)
        if name:
            self._played.append(Played.of(endpoint.timeline, name, self._clock(), 0))

    def _change(self, tokens: int | None, latency: dict[str, str]) -> None:
        now = self._stage.server.endpoint.service
        if tokens is not None:
            now = replace(now, answers=((1.0, tokens_always(tokens)),), groups=(), recorded=())
        changed = Latency.model_validate({**_as_given(now.latency), **latency})
        self._renew(Endpoint(replace(now, latency=changed), self.seed), "")

    def _clear(self) -> None:
        server = self._stage.server
        server.endpoint.timeline.put(())
        server.go_on_with((Phase(0.0),))


def _as_given(latency: Latency) -> dict[str, Any]:
    """What makes the same latency again."""
    return {name: getattr(latency, name) for name in latency.model_fields_set}
