"""Scenarios and clients as results name them."""

from __future__ import annotations

from itertools import accumulate

from brownout.fakes.faults import Fault
from brownout.fakes.units import format_share

from .ablate import Variant
from .client import Client
from .fleet import Fleet
from .printable import blanked
from .program import Command, Contestant
from .results import PlayedClient, PlayedMember, PlayedScenario
from .scenario import Scenario
from .sources import Source, fingerprint
from .views import Stretch


def scenario(source: Source[Scenario], played: Scenario) -> PlayedScenario:
    """`played` is the scenario at the size at which it was played."""
    ends = list(accumulate(phase.seconds for phase in played.timeline))
    return PlayedScenario(
        name=source.value.name,
        about=blanked(source.value.about),
        sha256=fingerprint(source.value),
        reproduce=source.named,
        clients=played.workload.clients,
        horizon=played.horizon,
        end=played.end,
        deadlines=sorted({kind.deadline for kind in played.workload.kinds}),
        phases=[
            Stretch(begins=end - phase.seconds, ends=end, faults=list(map(_fault, phase.faults)))
            for phase, end in zip(played.timeline, ends, strict=True)
        ],
    )


def client(source: Source[Contestant]) -> PlayedClient:
    """One that was asked for."""
    return PlayedClient(
        name=source.value.name,
        about=blanked(source.value.about),
        sha256=fingerprint(source.value),
        reproduce=source.named,
        limits=source.value.limits() if isinstance(source.value, Client) else {},
        is_command=isinstance(source.value, Command),
        members=_members(source.value) if isinstance(source.value, Fleet) else [],
    )


def _members(fleet: Fleet) -> list[PlayedMember]:
    return [
        PlayedMember(name=each.client.name, sha256=fingerprint(each.client), share=each.share) for each in fleet.fleet
    ]


def variant(made: Variant, ablates: str) -> PlayedClient:
    """One that an ablation made."""
    return PlayedClient(
        name=made.client.name,
        about=made.client.about,
        sha256=fingerprint(made.client),
        reproduce=f"--ablate {ablates}",
        limits=made.client.limits(),
        ablates=ablates,
        left_out=made.left_out,
    )


def _fault(fault: Fault) -> str:
    return fault.kind if fault.share == 1.0 else f"{fault.kind} {format_share(fault.share)}"
