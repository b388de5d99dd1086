"""A scenario under another load, or with trouble of another length."""

from __future__ import annotations

from ..scenario import Scenario


def busier(scenario: Scenario, times: float) -> Scenario:
    """With so many times the calls in front of the same service. Raises `ValueError` for arrivals whose rate follows
    from the answers."""
    arrivals = scenario.workload.arrivals
    rate = getattr(arrivals, "rate", None)
    if rate is None:
        raise ValueError(f"{scenario.name}: the load of {arrivals.kind} arrivals is up to the clients")
    workload = scenario.workload.model_copy(update={"arrivals": arrivals.model_copy(update={"rate": rate * times})})
    return scenario.model_copy(update={"workload": workload})


def longer(scenario: Scenario, times: float) -> Scenario:
    """With phases of trouble that last so many times as long; those without are as long as they are."""
    phases = (
        phase.model_copy(update={"seconds": phase.seconds * times}) if phase.faults else phase
        for phase in scenario.timeline
    )
    return scenario.model_copy(update={"timeline": tuple(phases)})
