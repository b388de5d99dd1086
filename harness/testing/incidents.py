"""Incidents that Python code writes down: made of phases, shown as the code that makes them, kept as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from brownout.fakes import units
from brownout.fakes.faults import Fault
from brownout.fakes.timeline import Phase

from ..files import loads
from ..files.writing import plain, written
from ..scenario import PhaseFile, Scenario
from ..sources import fingerprint
from .quick import QUICK

_CALM = PhaseFile.model_validate({"for": "1m"})
"""What an incident ends with; it lasts."""
WORKLOAD = QUICK.workload.model_copy(update={"calls": QUICK.workload.kinds[0].model_copy(update={"stream": 0.5})})
"""Streams and plain calls, so that no fault is out of reach of what a program may ask for."""
_WIDTH = 88


class Incident(Scenario):
    """A scenario that is shown as the Python code that makes it."""

    def __repr__(self) -> str:
        ends = self.timeline[-1] == _CALM
        phases = self.timeline[:-1] if ends else self.timeline
        arguments = [*map(_phase, phases), *([] if ends else ["recovers=False"])]
        line = f"incident({', '.join(arguments)})"
        lines = "".join(f"    {each},\n" for each in arguments)
        return line if len(line) <= _WIDTH else f"incident(\n{lines})"

    __str__ = __repr__


def incident(*phases: Phase, recovers: bool = True) -> Incident:
    """A scenario of these phases, as `brownout.faults.phase` makes them, at a service that is quick. In the end all is
    calm, for as long as anybody asks, unless it does not recover: then the last phase lasts. Raises `ValueError`."""
    given: tuple[object, ...] = phases
    if strange := [each for each in given if not isinstance(each, Phase)]:
        raise ValueError(f"incident: expected phases, got {strange[0]!r}")
    return Incident(
        name="incident",
        workload=WORKLOAD,
        server=QUICK.server,
        timeline=(*map(_file, phases), *([_CALM] if recovers else [])),
    )


def as_yaml(scenario: Scenario, *, name: str | None = None) -> str:
    """The text of a scenario file that means the same, under another name if one is given. Raises `ValueError` for a
    name that no scenario can have."""
    kept = Scenario.model_validate({**dict(scenario), "name": name or scenario.name})
    brief = written(kept)
    # Some defaults follow from other keys: what equals the usual one is not always what its absence means.
    is_enough = fingerprint(loads(brief, Scenario)) == fingerprint(kept)
    return brief if is_enough else written(kept, is_brief=False)


def _file(phase: Phase) -> PhaseFile:
    hits = [name for name, is_hit in (("in_flight", phase.hits_in_flight), ("idle", phase.hits_idle)) if is_hit]
    return PhaseFile.model_validate({"for": units.seconds(phase.seconds), "faults": phase.faults, "hits": hits})


def _phase(phase: PhaseFile) -> str:
    """The call of `brownout.faults.phase`."""
    hits = sorted(phase.hits)
    told = [f"hits={(hits[0] if len(hits) == 1 else hits)!r}"] if hits else []
    return f"phase({', '.join([repr(units.format_duration(phase.seconds)), *map(_fault, phase.faults), *told])})"


def _fault(fault: Fault) -> str:
    """The call of the function in `brownout.faults`."""
    return f"{fault.kind}({', '.join(_arguments(fault))})"


def _arguments(fault: Fault) -> Iterator[str]:
    given: dict[str, Any] = plain(fault.model_dump(by_alias=True, exclude_defaults=True))
    for name, field in type(fault).model_fields.items():
        key = field.alias or name
        if key in given and name != "kind":
            yield f"{f'{key}_' if field.alias else key}={given[key]!r}"
