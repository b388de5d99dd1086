"""What is to be run, how; and what has to be true of it before anything is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from brownout.fakes.units import format_share

from . import availability, cells, subjects
from .ablate import Variant, variants
from .certificates import INSTALL, can_certify
from .client import Client, TimeoutsFile
from .files.suggest import quoted
from .fleet import Fleet, configurations
from .program import Contestant
from .reach import out_of_reach
from .results import Backend, PlayedClient, PlayedScenario
from .sampling import sampled
from .scenario import Scenario
from .scoring import Unplayable
from .sources import Source

MOST = 10**6
"""Seeds, and the largest of them and one: more runs than anybody waits for."""
LONGEST_PLAIN_ANSWER = 21_334
"""`max_tokens` from which the Python SDK insists on streaming, unless a timeout is set; measured on 2.12."""


@dataclass(frozen=True)
class Plan:
    """What to run, and how."""

    scenarios: Sequence[Source[Scenario]]
    clients: Sequence[Source[Contestant]]
    seeds: Sequence[int]
    backend: Backend = "sim"
    scale: float = 1.0
    sample: float = 1.0
    workers: int = 1
    weights: Mapping[str, float] = field(default_factory=dict)
    """By the name of a scenario, for the ranking; 1 where none is given."""
    ablate: str = ""
    """The name of a client that is also played with one layer left out at a time."""
    gate: str = ""
    """The name of a client that no other may be surely better than."""
    kind: Literal["comparison", "objectives"] = "comparison"
    """What is to be decided: who is best, or whether objectives are met."""
    command: str = ""

    def check(self) -> None:
        """Raise `ValueError` for what does not go together."""
        scenarios, clients = ([source.value.name for source in given] for given in (self.scenarios, self.clients))
        for what, names in (("scenario", scenarios), ("client", clients)):
            if not names:
                raise ValueError(f"there is no {what}")
            if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
                raise ValueError(f'two {what}s are called "{twice[0]}"')
        if not self.seeds:
            raise ValueError("there is no seed")
        if len(self.seeds) > MOST or any(type(seed) is not int or not 0 <= seed < MOST for seed in self.seeds):
            raise ValueError(f"seeds: expected whole numbers from 0 to {MOST - 1:,}")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds: one is there twice, and the same world seen again is no second opinion")
        if self.backend not in cells.BACKENDS:
            raise ValueError(f'backend "{self.backend}": expected one of {", ".join(map(quoted, cells.BACKENDS))}')
        if self.backend != "wire" and self.scale != 1.0:
            raise ValueError("time scale: it is for the wire; virtual and simulated time cost nothing")
        for scenario in self.scenarios:
            if told := availability.problems(scenario, self.backend):
                raise ValueError(f"backend {self.backend}: {told[0]}")
            if self.backend == "wire" and scenario.value.has_tls_faults and not can_certify():
                raise ValueError(
                    f"backend wire: {scenario.value.name} has a fault of TLS, and needs trustme: {INSTALL}"
                )
        for source in self.clients:
            named = source.named or source.value.name
            if self.backend not in (able := cells.backends_of(source.value)):
                expected = able[0] if len(able) == 1 else f"{able[0]} or wire"
                what = "has the SDK for TypeScript" if configurations(source.value) else "is a program"
                raise ValueError(f'backend {self.backend}: "{named}" {what}, and needs {expected}')
            if self.scale != 1.0 and not configurations(source.value):
                raise ValueError(f'time scale: "{named}" is a program, and its own clock cannot be scaled')
        if not 0.0 < self.sample <= 1.0:
            raise ValueError(f"sample: expected a share above 0 and at most 1, got {self.sample}")
        if self.workers < 1:
            raise ValueError(f"workers: expected 1 or more, got {self.workers}")
        for option, name in (("gate", self.gate), ("ablate", self.ablate)):
            if name and name not in clients:
                raise ValueError(f'{option} "{name}": not one of the clients compared ({", ".join(clients)})')
        if self.ablate in [source.value.name for source in self.clients if isinstance(source.value, Fleet)]:
            raise ValueError(f'ablate "{self.ablate}": it is a fleet; compare its members, and ablate one of them')
        if self.ablate and not self.variants:
            raise ValueError(f'ablate "{self.ablate}": there is nothing in it to leave out')
        for variant in self.variants:
            if variant.client.name in clients:
                raise ValueError(f'ablate makes a client called "{variant.client.name}", and there is one already')
        if self.gate and len(clients) < 2:
            raise ValueError("gate needs another client to compare with")
        for name in self.weights:
            if name not in scenarios:
                raise ValueError(f'weight "{name}": not one of the scenarios ({", ".join(scenarios)})')
            if not 0.0 <= self.weights[name] < math.inf:
                raise ValueError(f'weight "{name}": expected a number from 0 on, got {self.weights[name]}')
        if not sum(self.weights.get(name, 1.0) for name in scenarios):
            raise ValueError("weight: every scenario weighs 0")

    @property
    def size(self) -> int:
        """How many cells there are to run."""
        return len(self.scenarios) * len(self.players) * len(self.seeds)

    @cached_property
    def variants(self) -> list[Variant]:
        """The clients that `ablate` adds."""
        return [variant for variant in self._every_variant if variant not in self.unplayable]

    @cached_property
    def unplayable(self) -> list[Variant]:
        """Those it does not add, as the SDK would not send a call of theirs."""
        return [v for v in self._every_variant if any(_is_refused(s, v.client) for s in self.played_scenarios)]

    @cached_property
    def _every_variant(self) -> list[Variant]:
        named = [source.value for source in self.clients if source.value.name == self.ablate]
        return [v for client in named if isinstance(client, Client) for v in variants(client)]

    @cached_property
    def players(self) -> list[Contestant]:
        """Every client that is played."""
        return [*(source.value for source in self.clients), *(variant.client for variant in self.variants)]

    @cached_property
    def played_scenarios(self) -> list[Scenario]:
        """The scenarios at the size at which they are played."""
        return [sampled(source.value, self.sample) for source in self.scenarios]

    def jobs(self) -> list[cells.Job]:
        """Every cell, in the order in which results are kept. Raises `Unplayable` for what the SDK would not send."""
        for scenario in self.played_scenarios:
            _check_reach(scenario)
            for client in self.players:
                _check_accepted(scenario, client)
                _check_present(scenario, client)
        return cells.jobs(self.played_scenarios, self.players, self.seeds, self.backend, self.scale)

    def subjects(self) -> tuple[list[PlayedScenario], list[PlayedClient]]:
        """Scenarios and clients, as results name them."""
        scenarios = map(subjects.scenario, self.scenarios, self.played_scenarios)
        variants = (subjects.variant(each, self.ablate) for each in self.variants)
        return list(scenarios), [*map(subjects.client, self.clients), *variants]


def _check_reach(scenario: Scenario) -> None:
    """A sample has fewer clients; raise `Unplayable` for a fault that was meant for those left out."""
    workload = scenario.workload
    for phase, faults in enumerate((phase.faults for phase in scenario.timeline), start=1):
        for i, why in out_of_reach(faults, workload.kinds, workload.clients, workload.limit):
            raise Unplayable(f"{scenario.name}: phase {phase}: {faults[i].kind} cannot fire in this sample: {why}")


def _check_accepted(scenario: Scenario, client: Contestant) -> None:
    """Raise `Unplayable` for calls that the SDK refuses to send at all."""
    if _is_refused(scenario, client):
        raise Unplayable(
            f"{scenario.name} with {client.name}: the SDK refuses a call without streaming and with max_tokens of "
            f"{LONGEST_PLAIN_ANSWER:,} or more under its default timeouts, before it sends anything; in production too"
        )


def _check_present(scenario: Scenario, client: Contestant) -> None:
    """Raise `Unplayable` for a member of a fleet that has no client: nothing would be known of it."""
    clients = scenario.workload.clients
    absent = client.absent(clients) if isinstance(client, Fleet) else []
    if absent:
        member = absent[0]
        raise Unplayable(
            f"{scenario.name} with {client.name}: {format_share(member.share)} of {clients} "
            f"{'client' if clients == 1 else 'clients'} is less than one, and nobody plays {member.client.name}; play "
            "more clients, a larger sample, or a larger share"
        )


def _is_refused(scenario: Scenario, client: Contestant) -> bool:
    """Whether it has calls that the SDK does not send with these timeouts."""
    defaults = TimeoutsFile().timeouts()
    return any(
        kind.stream < 1.0 and kind.max_tokens >= LONGEST_PLAIN_ANSWER and each.timeouts_of(kind.profile) == defaults
        for kind in scenario.workload.kinds
        for each in configurations(client)
    )


def default_backend(contestants: Iterable[Contestant]) -> Backend:
    """The quickest that can play all of them."""
    able = [cells.backends_of(each) for each in contestants]
    return next(backend for backend in cells.BACKENDS if all(backend in each for each in able))
