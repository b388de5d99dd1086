"""A cell is one scenario with one client under one seed: what to run, what its result depends on, and the running."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module

from . import metrics, tables
from .client import Client
from .course import course
from .environment import code, environment
from .few_collections import few_collections
from .fleet import Fleet, configurations
from .forked import Ended, forked
from .importing import NotFound
from .ledger import Ledger
from .metrics import Absent, Observed
from .program import Command, Contestant, Program, load_libraries
from .results import Backend, Cell, FaultCount
from .scenario import Scenario
from .scoring import Unplayable
from .sources import fingerprint
from .store import Played

_OF_LAYERS: dict[Backend, str] = {
    "sim": ".drivers.sim.run",
    "virtual": ".drivers.virtual.run",
    "virtual-blocking": ".drivers.virtual.blocking",
    "wire": ".drivers.wire.run",
}
_DRIVERS: dict[type[Contestant], dict[Backend, str]] = {
    Client: _OF_LAYERS,
    Fleet: _OF_LAYERS,
    Program: {
        "virtual": ".drivers.program.virtual",
        "virtual-blocking": ".drivers.program.virtual",  # whether it blocks is up to the program
        "wire": ".drivers.program.wire",
    },
    Command: {"wire": ".drivers.command.run"},
}
"""Contestant -> backend -> the module that has its `run`; all but the simulator's import the SDK, which takes a second.
"""
BACKENDS = tuple(_DRIVERS[Client])


def backends_of(contestant: Contestant) -> tuple[Backend, ...]:
    """Those that can play it, the best one first."""
    if any(client.sdk.language == "typescript" for client in configurations(contestant)):
        return ("sim",)  # of the real one there is none in Python
    return tuple(_DRIVERS[type(contestant)])


@dataclass(frozen=True, slots=True)
class Job:
    """One cell to run."""

    scenario: Scenario
    client: Contestant
    seed: int
    backend: Backend
    scale: float

    @property
    def is_foreign(self) -> bool:
        """Whether it runs code that is not ours, and may leave anything behind: it wants a process of its own."""
        return not configurations(self.client)

    @property
    def key(self) -> str:
        """A hash of everything the result depends on, the code and the libraries that make it included."""
        prints = _print_of(self.scenario), _print_of(self.client)
        parts = *prints, self.seed, self.backend, self.scale, environment(), code()
        return sha256(repr(parts).encode()).hexdigest()[:32]

    def play(self) -> Ledger:
        """Run it."""
        return _play(self.backend, self.scenario, self.client, self.seed, self.scale)

    def observe(self) -> Observed:
        """Run it, and its twin without faults if there is anything to learn from one. The twin never runs in real time,
        where it would double what the run costs: who cannot do without has none."""
        ledger = self.play()
        twin = None
        if self.scenario.clear is not None and (quickest := backends_of(self.client)[0]) != "wire":
            twin = _play(quickest, self.scenario.without_faults(), self.client, self.seed, 1.0)
        return Observed(self.scenario, self.client, self.seed, ledger, twin)


@lru_cache(maxsize=256)
def _print_of(model: Scenario | Contestant) -> str:
    return fingerprint(model)


def _play(backend: Backend, scenario: Scenario, client: Contestant, seed: int, scale: float) -> Ledger:
    run: Callable[..., Ledger] = import_module(_DRIVERS[type(client)][backend], __package__).run
    if not isinstance(client, Program):
        return run(scenario, client, seed, scale)
    try:
        load_libraries(client)  # here, once for all its cells
        return forked(lambda: run(scenario, client, seed, scale))
    except NotFound as error:
        raise Unplayable(str(error)) from None
    except Ended as ended:
        raise Unplayable(f"{client.name} has ended the process that it ran in, with code {ended.code}") from None


def jobs(
    scenarios: Sequence[Scenario], clients: Sequence[Contestant], seeds: Sequence[int], backend: Backend, scale: float
) -> list[Job]:
    """Every combination, in the order in which results are kept."""
    return [Job(s, c, seed, backend, scale) for s in scenarios for c in clients for seed in seeds]


def play(job: Job) -> Played:
    """Run one and measure it."""
    with few_collections():  # tables are made of as many small objects as a run
        seen = job.observe()
        calls, attempts = tables.calls(seen), tables.attempts(seen)
        return Played(_cell(job, seen), *map(tables.pack, (calls, attempts, course(seen, calls, attempts))))


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
