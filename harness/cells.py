"""A cell is one scenario with one client under one seed: what to run, what its result depends on, and the running."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path

from . import distributions, lean, metrics, tables
from .client import Client
from .course import course
from .environment import code, environment
from .few_collections import few_collections
from .fleet import Fleet, configurations
from .forked import Ended, forked
from .importing import NotFound
from .lean import Measured
from .ledger import Ledger
from .metrics import Absent, Observed
from .program import Command, Contestant, Program, load_libraries
from .record_files import RecordFiles, Records
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
    is_lean: bool = False
    """Whether only counts, histograms and a sample of its calls are kept."""
    records: Path | None = None
    """A folder for all of its calls and attempts, as Parquet."""

    @property
    def is_foreign(self) -> bool:
        """Whether it runs code that is not ours, and may leave anything behind: it wants a process of its own."""
        return not configurations(self.client)

    @property
    def key(self) -> str:
        """A hash of everything the result depends on, the code and the libraries that make it included."""
        prints = _print_of(self.scenario), _print_of(self.client)
        parts = *prints, self.seed, self.backend, self.scale, self.is_lean, environment(), code()
        return sha256(repr(parts).encode()).hexdigest()[:32]

    @property
    def files(self) -> RecordFiles | None:
        """Where its records are to be written."""
        if self.records is None:
            return None
        return RecordFiles(self.records, self.scenario.name, self.client.name, self.seed, self.key)

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
    scenarios: Sequence[Scenario],
    clients: Sequence[Contestant],
    seeds: Sequence[int],
    backend: Backend,
    scale: float,
    is_lean: bool = False,
    records: Path | None = None,
) -> list[Job]:
    """Every combination, in the order in which results are kept."""
    return [Job(s, c, seed, backend, scale, is_lean, records) for s in scenarios for c in clients for seed in seeds]


def play(job: Job) -> Played:
    """Run one and measure it. Raises `record_files.RecordsError` where its records are to be written and cannot be."""
    with few_collections():  # tables are made of as many small objects as a run
        if job.files is None:
            found = _measured(job)
        else:
            with job.files.open() as records:
                found = _measured(job, records)
        calls, attempts, through_time = map(tables.pack, (found.calls, found.attempts, course(found.run)))
        samples = tables.pack(distributions.columns(found.run)) if job.is_lean else b""
        return Played(_cell(job, found), calls, attempts, through_time, samples)


def _measured(job: Job, records: Records | None = None) -> Measured:
    if job.is_lean:
        assert isinstance(job.client, Client | Fleet)  # the plan has seen to it
        return lean.play(job.scenario, job.client, job.seed, records)
    seen = job.observe()
    calls, attempts = tables.calls(seen), tables.attempts(seen)
    if records is not None:
        records.add(calls, attempts)
    return Measured(seen, calls, attempts, seen.ledger.faults)


def _cell(job: Job, found: Measured) -> Cell:
    run = found.run
    measured = metrics.measure(run, [objective.metric for objective in job.scenario.objectives])
    calls, attempts = metrics.size(run)
    return Cell(
        key=job.key,
        scenario=job.scenario.name,
        client=job.client.name,
        seed=job.seed,
        calls=calls,
        attempts=attempts,
        kept=len(found.calls["call"]) if job.is_lean else None,
        metrics={name: value for name, value in measured.items() if not isinstance(value, Absent)},
        absent={name: value.reason for name, value in measured.items() if isinstance(value, Absent)},
        outcomes=metrics.outcomes(run),
        timeouts=metrics.timeouts_by_phase(run),
        faults={name: FaultCount(planned=p, fired=f) for name, (p, f) in found.faults.items()},
        transitions=metrics.transitions(run),
        lateness=metrics.lateness(run),
    )
