"""The course of an incident: phases, the faults in force in each, and the draws that say who is hit."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from .draws import Draws, Identity
from .faults import Fault
from .faults.base import STAGES, Stage
from .plan import Mark


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the scenario. The last one lasts until the run ends."""

    seconds: float
    faults: tuple[Fault, ...] = ()
    hits_in_flight: bool = False
    hits_idle: bool = False

    @property
    def breaks_idle(self) -> Literal["", "rst", "fin"]:
        """How its beginning breaks idle connections for all to see, if it is meant to and has a fault that can."""
        found = [fault.ends_by for fault in self.faults if fault.hits_idle and not fault.swallows]
        return found[0] if self.hits_idle and found else ""


@dataclass(frozen=True, slots=True)
class Armed:
    """A fault of a phase with its place in the counts and its own draws."""

    fault: Fault
    mark: Mark
    draws: Draws
    name: str

    def hits(self, who: Identity, stream: bool, now: float) -> bool:
        """Whether this request is one of those the fault is for."""
        fault = self.fault
        if not fault.concerns(who, stream):
            return False
        return fault.share >= 1.0 or self.draws.uniform(fault.label(who, now)) < fault.share

    @property
    def is_blind(self) -> bool:
        """Whether it need not know whose connection it strikes."""
        return self.fault.is_blind

    def keeps_out(self, number: int, now: float, before: Armed | None) -> bool:
        """Whether a connection of which nothing is known but its number is kept out; `before` as in
        `Entrance.knock`."""
        return self.fault.takes_the_port or (self.is_blind and self.hits(Identity(0, number), False, now))

    def lasts(self) -> bool:
        """Whether it is for all requests, however many come."""
        return True

    def lets_in(self, stages: AbstractSet[Stage] = STAGES) -> bool:
        """Whether it is for the request that will come on a connection, and nothing behind it may keep that out. So are
        faults of connections, where `stages` are all that is seen, and theirs is none of them."""
        return False


@dataclass(slots=True)
class Counts:
    """How often a fault was meant for a request, and how often it took effect there."""

    planned: int = 0
    fired: int = 0


@dataclass(slots=True)
class Timeline:
    """The phases under one seed. The backend, which has the clock, says which of them has begun."""

    phases: tuple[Phase, ...]
    seed: int
    armed: list[tuple[Armed, ...]] = field(default_factory=list, init=False)
    counts: list[Counts] = field(default_factory=list, init=False)
    names: list[str] = field(default_factory=list, init=False)
    in_force: tuple[Armed, ...] = field(default=(), init=False)
    """The faults of the phase that has begun; at first, of the first."""
    script: tuple[Armed, ...] = field(default=(), init=False)
    """Those that a test wants for the next requests."""
    in_reach: tuple[Armed, ...] = field(default=(), init=False)
    """Both, in the order in which a new request is offered to them."""
    index: int = field(default=0, init=False)
    """Of the phase that has begun."""
    forgets: tuple[Armed, ...] = field(default=(), init=False)
    """Those in force to which the beginning of the phase has lost every idle connection."""

    def __post_init__(self) -> None:
        given, self.phases = self.phases, ()
        self.extend(given)
        self.in_force = self.in_reach = self.armed[0] if self.armed else ()

    def extend(self, phases: tuple[Phase, ...]) -> int:
        """Add phases behind all others; the index of the first."""
        first = len(self.phases)
        for p, phase in enumerate(phases):
            names = [f"phase {p + 1}: {fault.kind}" for fault in phase.faults]
            if len(names) > 1:
                names = [f"{name} #{f + 1}" for f, name in enumerate(names)]
            row = zip(phase.faults, names, strict=True)
            self.armed.append(tuple(self.arm(*each, f"{first + p}/{f}") for f, each in enumerate(row)))
        self.phases = (*self.phases, *phases)
        return first

    def arm(self, fault: Fault, name: str, purpose: str) -> Armed:
        """Give a fault its place in the counts. `purpose` tells its draws from those of all others."""
        self.names.append(name)
        self.counts.append(Counts())
        return Armed(fault, Mark(len(self.names) - 1), Draws(self.seed, f"fault {purpose}"), name)

    def put(self, script: tuple[Armed, ...]) -> None:
        """From now on these are for the next requests, and no others."""
        self.script = script
        self.in_reach = (*script, *self.in_force)

    def starts(self, first: int = 0) -> tuple[float, ...]:
        """When each phase from `first` on begins, in seconds from the beginning of that one."""
        return (0.0, *accumulate(phase.seconds for phase in self.phases[first:-1]))

    def begin(self, index: int) -> Phase:
        """A phase begins; returns it."""
        self.index, self.in_force = index, self.armed[index]
        self.in_reach = (*self.script, *self.in_force)
        phase = self.phases[index]
        self.forgets = tuple(armed for armed in self.in_force if phase.hits_idle and armed.fault.swallows)
        return phase
