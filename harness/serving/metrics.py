"""What the server did and how it is, for Prometheus. Nothing of it is a client's own but names of models."""

from __future__ import annotations

from ..monitoring.tick import BOUNDS
from ..openmetrics import Families
from .counts import Counts
from .shown import State

PREFIX = "brownout_service_"


def metrics(counts: Counts, state: State, queued: int) -> str:
    """The whole exposition. `queued`: requests that wait for a slot."""
    told = Families(PREFIX)
    _add_counts(told, counts)
    _add_state(told, state, queued)
    return str(told)


def _add_counts(told: Families, counts: Counts) -> None:
    kinds = ((kind._asdict(), count) for kind, count in counts.requests.items())
    told.counter("requests", "Requests that are over, by model, status of the answer and fault that took effect", kinds)
    answers = (({"model": model}, each.places, each.seconds) for model, each in counts.answers.items())
    about = "Whole answers, from the arrival of the request to their end, in seconds of the scenario"
    told.histogram("answer_seconds", about, "seconds", BOUNDS, answers)
    tokens = (
        ({"model": model, "kind": kind}, count)
        for kind, found in (("input", counts.input_tokens), ("output", counts.output_tokens))
        for model, count in found.items()
    )
    told.counter("tokens", "Tokens that are billed", tokens)
    connections = (({"fault": fault}, count) for fault, count in counts.turned_away.items())
    told.counter("turned_away_connections", "Connections that were not let in", connections)


def _add_state(told: Families, state: State, queued: int) -> None:
    lateness, phase = state["lateness"], state["phase"]
    told.gauge(
        "requests_in_flight",
        "Requests under way, those in the queue among them",
        [({}, state["requests"]["under_way"])],
    )
    told.gauge("requests_queued", "Requests that wait for a slot", [({}, queued)])
    told.counter(
        "late_requests",
        "Requests of which a step was played too late by this machine",
        [({}, lateness["late_requests"])],
    )
    about = "The most by which a step was played too late, in real seconds"
    told.gauge("lateness_max_seconds", about, [({}, lateness["worst"])], "seconds")
    about = "What is served: the scenario, its seed and how many of its seconds pass in one"
    labels = {"scenario": state["scenario"], "seed": str(state["seed"]), "time_scale": f"{state['time_scale']:g}"}
    told.info("scenario", about, labels)
    told.gauge("scenario_time_seconds", "The scenario's clock", [({}, state["now"])], "seconds")
    told.gauge("phase", "The number of the phase that has begun, from 1", [({}, phase["number"])])
    in_force = (({"fault": fault}, 1) for fault in dict.fromkeys(phase["faults"]))
    told.gauge("fault_in_force", "1 for each fault of the phase", in_force)
