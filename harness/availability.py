"""What a backend cannot play at all. To go on as if it could would test nothing."""

from __future__ import annotations

from collections.abc import Iterator

from brownout.fakes.faults import Fault

from . import files
from .scenario import Scenario
from .sources import Source, path_of

_BACKENDS = ("sim", "virtual", "wire")
_MISSING = "not available"


def unavailable(fault: Fault, backend: str, speaks_tls: bool = True) -> str:
    """Why the fault cannot be played there, and where it can; an empty text if it can. `speaks_tls`: whether the server
    does, or would."""
    backend = "virtual" if backend == "respx" else backend.partition("-")[0]  # a fault knows no SDK
    if fault.fidelity[backend].startswith(_MISSING):
        able = " and ".join(name for name in _BACKENDS if not fault.fidelity[name].startswith(_MISSING))
        return f"{fault.kind} is {fault.fidelity[backend].replace(_MISSING, f'{_MISSING} on {backend}', 1)}; {able} can"
    if fault.stage == "tls" and not speaks_tls:
        return f"{fault.kind} is a fault of TLS, which this server does not speak; `brownout serve --tls` does"
    return ""


def in_scenario(scenario: Scenario, backend: str, speaks_tls: bool = True) -> Iterator[tuple[int, int, str]]:
    """Of each fault that cannot be played: its phase, its place in it, and why."""
    for i, phase in enumerate(scenario.timeline):
        for j, fault in enumerate(phase.faults):
            if why := unavailable(fault, backend, speaks_tls):
                yield i, j, why


def problems(source: Source[Scenario], backend: str, speaks_tls: bool = True) -> list[str]:
    """The same, a line each, with the place in its file if it has one."""
    found = list(in_scenario(source.value, backend, speaks_tls))
    if not source.named:
        return [f"{source.value.name}: phase {i + 1}: {why}" for i, _, why in found]
    document = files.parse(source.text, path_of(source))
    return [str(document.problem_at(("timeline", i, "faults", j), why)) for i, j, why in found]
