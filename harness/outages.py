"""Incidents drawn at random: outages of random length at random distances, each of one kind of trouble."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import TypeAdapter

from brownout.fakes.distributions import Durations
from brownout.fakes.draws import Draws
from brownout.fakes.latency import Sampler, sampler

from .names import likely
from .reach import out_of_reach
from .scenario import PhaseFile, Scenario

KINDS: tuple[list[dict[str, Any]], ...] = (
    [{"kind": "overload", "share": "50%", "per": {"window": "3s"}}],
    [{"kind": "rate_limit", "share": "60%", "retry_after": "5s", "per": {"window": "1s"}}],
    [{"kind": "error", "status": 500, "share": "20%"}],
    [{"kind": "no_answer", "share": "10%"}, {"kind": "slow_first_token", "by": "15s", "share": "40%"}],
    [{"kind": "stall", "share": "20%", "pings": "10s"}, {"kind": "stream_error", "share": "10%"}],
    [{"kind": "blackhole", "share": "30%"}],
)
"""The trouble of an outage, each as likely as any other. An assumption: what is published of outages says how long they
were, and hardly ever what share of requests failed in which way."""
MOST = 1000
"""Phases, more than anybody reads."""


def with_outages(
    scenario: Scenario, seed: int, lasts: float, every: object, length: object, kinds: Sequence[Sequence[object]]
) -> Scenario:
    """The scenario with a timeline of `lasts` seconds that is drawn under the seed: calm for as long as `every` says,
    then an outage as long as `length`, again and again; calm in the end. `every` and `length` are distributions as a
    file has them, `kinds` what may go wrong. Raises `ValueError` for what is none, and where nothing goes wrong."""
    phases = list(_phases(scenario, seed, lasts, _drawn(every, seed, "spacing"), _drawn(length, seed, "length"), kinds))
    if not any(phase.faults for phase in phases):
        raise ValueError("no outage falls into that time under this seed; ask for a longer time or more of them")
    name = likely(f"{scenario.name[:40]}-outages-{seed}")
    about = f"Outages drawn under seed {seed}: {sum(bool(phase.faults) for phase in phases)} of them."
    return Scenario.model_validate({**dict(scenario), "name": name, "about": about, "timeline": tuple(phases)})


def _drawn(given: object, seed: int, purpose: str) -> Sampler:
    return sampler(TypeAdapter[Any](Durations).validate_python(given), Draws(seed, f"outages: {purpose}"))


def _phases(
    scenario: Scenario,
    seed: int,
    lasts: float,
    every: Sampler,
    length: Sampler,
    kinds: Sequence[Sequence[object]],
) -> Iterator[PhaseFile]:
    able = [faults for faults in map(_faults, kinds) if _can_fire(scenario, faults)]
    if not able:
        raise ValueError("none of the faults can hit a call of this workload")
    which = Draws(seed, "outages: kind").uniform
    left, i = lasts, 0
    while left > 0.0 and i < MOST:
        calm, trouble = (max(1.0, round(draw(i), 1)) for draw in (every, length))
        faults = able[int(which(i) * len(able))]
        if calm >= left:
            break
        yield PhaseFile.model_construct(seconds=calm)
        yield PhaseFile.model_construct(seconds=min(trouble, round(left - calm, 1)), faults=faults)
        left, i = round(left - calm - trouble, 1), i + 1
    # What recovers needs a while: nobody could tell otherwise.
    yield PhaseFile.model_construct(seconds=max(left, 60.0))


def _faults(given: Sequence[object]) -> tuple[Any, ...]:
    return PhaseFile.model_validate({"for": "1s", "faults": list(given)}).faults


def _can_fire(scenario: Scenario, faults: Sequence[Any]) -> bool:
    workload = scenario.workload
    return not list(out_of_reach(faults, workload.kinds, workload.clients, workload.limit))
