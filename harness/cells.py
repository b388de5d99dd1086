"""A cell is one scenario with one client under one seed: what to run, what its result depends on, and the running."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module

from . import metrics, tables
from .client import Client
from .environment import environment, program
from .ledger import Ledger
from .metrics import Absent, Observed
from .results import Backend, Cell, FaultCount
from .scenario import Scenario
from .sources import fingerprint
from .store import Played

BACKENDS: dict[Backend, str] = {
    "sim": ".drivers.sim.run",
    "virtual": ".drivers.virtual.run",
    "virtual-blocking": ".drivers.virtual.blocking",
    "wire": ".drivers.wire.run",
}
"""Backend -> the module that has its `run`; all but the simulator's import the SDK, which takes a second."""


@dataclass(frozen=True, slots=True)
class Job:
    """One cell to run."""

    scenario: Scenario
    client: Client
    seed: int
    backend: Backend
    scale: float

    @property
    def key(self) -> str:
        """A hash of everything the result depends on, the code and the libraries that make it included."""
        prints = _print_of(self.scenario), _print_of(self.client)
        parts = *prints, self.seed, self.backend, self.scale, environment(), program()
        return sha256(repr(parts).encode()).hexdigest()[:32]

    def play(self) -> Ledger:
        """Run it."""
        return _play(self.backend, self.scenario, self.client, self.seed, self.scale)

    def observe(self) -> Observed:
        """Run it, and its twin without faults if there is anything to learn from one. The twin is always simulated:
        in real time it would double what the run costs."""
        ledger = self.play()
        twin = None
        if self.scenario.clear is not None:
            twin = _play("sim", self.scenario.without_faults(), self.client, self.seed, 1.0)
        return Observed(self.scenario, self.client, self.seed, ledger, twin)


@lru_cache(maxsize=256)
def _print_of(model: Scenario | Client) -> str:
    return fingerprint(model)


def _play(backend: Backend, scenario: Scenario, client: Client, seed: int, scale: float) -> Ledger:
    ledger: Ledger = import_module(BACKENDS[backend], __package__).run(scenario, client, seed, scale)
    return ledger


def jobs(
    scenarios: Sequence[Scenario], clients: Sequence[Client], seeds: Sequence[int], backend: Backend, scale: float
) -> list[Job]:
    """Every combination, in the order in which results are kept."""
    return [Job(s, c, seed, backend, scale) for s in scenarios for c in clients for seed in seeds]


def play(job: Job) -> Played:
    """Run one and measure it."""
    seen = job.observe()
    return Played(_cell(job, seen), tables.pack(tables.calls(seen)), tables.pack(tables.attempts(seen)))


def _cell(job: Job, seen: Observed) -> Cell:
    ledger = seen.ledger
    measured = metrics.measure(seen, [objective.metric for objective in job.scenario.objectives])
    return Cell(
        key=job.key,
        scenario=job.scenario.name,
        client=job.client.name,
        seed=job.seed,
        calls=len(ledger.calls),
        attempts=len(ledger.attempts),
        metrics={name: value for name, value in measured.items() if not isinstance(value, Absent)},
        absent={name: value.reason for name, value in measured.items() if isinstance(value, Absent)},
        outcomes=metrics.outcomes(ledger),
        timeouts=metrics.timeouts_by_phase(ledger),
        faults={name: FaultCount(planned=p, fired=f) for name, (p, f) in ledger.faults.items()},
        transitions=metrics.by_count(metrics.transitions(ledger).items()),
        lateness=metrics.lateness(ledger),
    )
