"""The course of an incident: phases, the faults in force in each, and the draws that say who is hit."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from .draws import Draws, Identity
from .faults import Fault
from .plan import Mark


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the scenario. The last one lasts until the run ends."""

    seconds: float
    faults: tuple[Fault, ...] = ()
    hits_in_flight: bool = False
    hits_idle: bool = False

    @property
    def breaks_idle(self) -> bool:
        """Whether its beginning breaks idle connections for all to see: it is meant to, and has a fault that can."""
        return self.hits_idle and any(fault.hits_idle and not fault.swallows for fault in self.faults)


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
    armed: tuple[tuple[Armed, ...], ...] = field(init=False)
    counts: list[Counts] = field(init=False)
    names: list[str] = field(init=False)
    in_force: tuple[Armed, ...] = field(init=False)
    """The faults of the phase that has begun; at first, of the first."""
    forgets: tuple[Armed, ...] = field(default=(), init=False)
    """Those of them to which its beginning has lost every idle connection."""

    def __post_init__(self) -> None:
        armed, self.names = [], []
        for p, phase in enumerate(self.phases):
            row = []
            for f, fault in enumerate(phase.faults):
                name = f"phase {p + 1}: {fault.kind}" + (f" #{f + 1}" if len(phase.faults) > 1 else "")
                row.append(Armed(fault, Mark(len(self.names)), Draws(self.seed, f"fault {p}/{f}"), name))
                self.names.append(name)
            armed.append(tuple(row))
        self.armed = tuple(armed)
        self.counts = [Counts() for _ in self.names]
        self.in_force = self.armed[0] if self.armed else ()

    @property
    def starts(self) -> tuple[float, ...]:
        """When each phase begins, in seconds."""
        return (0.0, *accumulate(phase.seconds for phase in self.phases[:-1]))

    def begin(self, index: int) -> Phase:
        """A phase begins; returns it."""
        self.in_force = self.armed[index]
        phase = self.phases[index]
        self.forgets = tuple(armed for armed in self.in_force if phase.hits_idle and armed.fault.swallows)
        return phase
