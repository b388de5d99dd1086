"""A scenario made smaller: fewer clients with the same behaviour each, in front of a service as much smaller."""

from __future__ import annotations

from .scenario import Scenario


def sampled(scenario: Scenario, share: float) -> Scenario:
    """The scenario with a share of its clients, of their calls' rate, and of the service's slots and quotas.

    Queueing is not the same at another size: a sample is for comparing backends, or clients roughly.
    """
    if share == 1.0:
        return scenario
    workload, server = scenario.workload.sampled(share), scenario.server
    exact = workload.clients / scenario.workload.clients
    capacity = server.capacity
    capacity = capacity.model_copy(
        update={
            "slots": None if capacity.slots is None else max(1, round(capacity.slots * exact)),
            "queue": None if capacity.queue is None else round(capacity.queue * exact),
        }
    )
    return scenario.model_copy(
        update={
            "workload": workload,
            "server": server.model_copy(update={"capacity": capacity, "limits": server.limits.scaled(exact)}),
        }
    )
