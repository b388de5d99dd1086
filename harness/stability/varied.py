"""A scenario under another load, or with trouble of another length."""

from __future__ import annotations

from ..scenario import Scenario


def busier(scenario: Scenario, times: float) -> Scenario:
    """With so many times the calls in front of the same service. Raises `ValueError` for arrivals whose rate follows
    from the answers, or from how many clients there are."""
    try:
        return scenario.model_copy(update={"workload": scenario.workload.busier(times)})
    except ValueError as error:
        raise ValueError(f"{scenario.name}: {error}") from None


def longer(scenario: Scenario, times: float) -> Scenario:
    """With phases of trouble that last so many times as long; those without are as long as they are."""
    phases = (
        phase.model_copy(update={"seconds": phase.seconds * times}) if phase.faults else phase
        for phase in scenario.timeline
    )
    return scenario.model_copy(update={"timeline": tuple(phases)})
