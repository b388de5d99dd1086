"""`brownout compare` as a function: files in, a `RunFile` out."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

from . import cells as running
from . import scoring
from .client import Client, TimeoutsFile
from .results import Backend, RunFile, Subject
from .sampling import sampled
from .scenario import Scenario
from .sources import Source

LONGEST_PLAIN_ANSWER = 21_334
"""`max_tokens` from which the Python SDK insists on streaming, unless a timeout is set; measured on 2.12."""
LIBRARIES = ("brownout", "anthropic", "httpx", "httpx2", "simpy", "numpy", "pydantic")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compare, and how."""

    scenarios: Sequence[Source[Scenario]]
    clients: Sequence[Source[Client]]
    seeds: Sequence[int]
    backend: Backend = "sim"
    scale: float = 1.0
    sample: float = 1.0
    workers: int = 1
    command: str = ""

    @property
    def size(self) -> int:
        """How many cells there are to run."""
        return len(self.scenarios) * len(self.clients) * len(self.seeds)


def compare(plan: Plan, progress: Callable[[int], None] = lambda done: None) -> RunFile:
    """Run every cell and score it. Raises `scoring.Unplayable` when a scenario cannot mean what it says."""
    scenarios = [sampled(source.value, plan.sample) for source in plan.scenarios]
    clients = [source.value for source in plan.clients]
    for scenario in scenarios:
        for client in clients:
            _check_accepted(scenario, client)
    todo = running.jobs(scenarios, clients, plan.seeds, plan.backend, plan.scale)
    cells = running.run(todo, plan.workers, progress)
    for cell in cells:
        if not cell.calls:
            raise scoring.Unplayable(
                f"{cell.scenario}: seed {cell.seed} made no call; it needs more time or a higher rate"
            )
    names, contestants = [s.name for s in scenarios], [c.name for c in clients]
    rows = scoring.rows(cells, names, contestants)
    standings = scoring.standings(cells, contestants, plan.seeds)
    return RunFile(
        created=datetime.now(UTC).isoformat(timespec="seconds"),  # the only time of day in the file
        environment=environment(),
        backend=plan.backend,
        time_scale=plan.scale,
        sample=plan.sample,
        seeds=list(plan.seeds),
        scenarios=[_subject(source) for source in plan.scenarios],
        clients=[_subject(source) for source in plan.clients],
        verdict=scoring.verdict(standings, names, plan.seeds),
        standings=standings,
        rows=rows,
        notes=[*scoring.check_played(rows), *_on_the_wire(plan, [cell.lateness for cell in cells])],
        cells=cells,
        command=plan.command,
    )


def _check_accepted(scenario: Scenario, client: Client) -> None:
    """Raise `Unplayable` for calls that the SDK refuses to send at all."""
    refused = any(k.stream < 1.0 and k.max_tokens >= LONGEST_PLAIN_ANSWER for k in scenario.workload.kinds)
    if refused and client.timeouts == TimeoutsFile():
        raise scoring.Unplayable(
            f"{scenario.name} with {client.name}: the SDK refuses a call without streaming and with max_tokens of "
            f"{LONGEST_PLAIN_ANSWER:,} or more under its default timeouts, before it sends anything; in production too"
        )


def environment() -> dict[str, str]:
    """What the figures were made with."""
    found = {"python": platform.python_version(), "platform": f"{platform.system()} {platform.machine()}"}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _subject(source: Source[Scenario] | Source[Client]) -> Subject:
    digest = sha256(source.text.encode()).hexdigest()
    return Subject(name=source.value.name, about=source.value.about, sha256=digest, reproduce=source.named)


def _on_the_wire(plan: Plan, lateness: list[float]) -> list[str]:
    """What a wire run has to say about its clock."""
    if plan.backend != "wire":
        return []
    notes = [
        f"Real sockets, {len(plan.seeds)} seed(s): in 19 requests of 20 the fake was late by at most "
        f"{max(lateness) * 1000 / plan.scale:.0f} ms of real time ({max(lateness):.2f} s of the scenario)."
    ]
    if plan.scale != 1.0:
        notes.append(
            f"Every duration was divided by {plan.scale:g}, the SDK's back-off too. Not scaled: the processor time of"
            " the SDK and the fake, loopback's own latency, and the rate-limit reset headers, which have whole seconds."
        )
    return notes
