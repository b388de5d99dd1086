"""A server's state, and what is scripted of it, as JSON."""

from __future__ import annotations

from math import isinf
from typing import Any

from typing_extensions import TypedDict

from brownout.fakes.http.server import Server
from brownout.fakes.limits import Payer

from ..scenario import Scenario
from ..testing.unfired import Entry
from .journal import LATE, Journal


class CountedFault(TypedDict):
    """A fault of the scenario or a scripted one: for how many requests it was meant, on how many it took effect."""

    name: str
    planned: int
    fired: int


class CurrentPhase(TypedDict):
    """The phase that has begun."""

    number: int
    of: int
    faults: list[str]


class QuotaLeft(TypedDict):
    """One quota, as the rate-limit headers tell it."""

    name: str
    limit: float
    remaining: float
    seconds_to_full: float


class Requests(TypedDict):
    """How many requests are over or under way, and how many connections were not let in."""

    served: int
    under_way: int
    turned_away: int


class Lateness(TypedDict):
    """By how much the server itself was late, in real seconds; more than `limit` makes a request, and the run, late."""

    worst: float
    limit: float
    late_requests: int
    late: bool


class State(TypedDict):
    """How the server is now. `now`: seconds of the scenario; they begin with the first request."""

    scenario: str
    seed: int
    time_scale: float
    has_begun: bool
    now: float
    phase: CurrentPhase
    faults: list[CountedFault]
    quotas: list[QuotaLeft]
    replies_left: int
    rules: int
    requests: Requests
    lateness: Lateness


class ScriptedFault(TypedDict):
    """One that was scripted. `left`: requests it is still for; null for all. `until`: when it will be lifted, in
    seconds of the scenario. `key`: the beginning of the key's hash."""

    id: str
    fault: dict[str, Any]
    times: int | None
    left: int | None
    planned: int
    fired: int
    key: str | None
    test: str | None
    until: float | None


def identifier(entry: Entry) -> str:
    """What an address calls a scripted fault."""
    return entry.name.replace("scripted ", "fault-")


def scripted(entry: Entry, until: float | None) -> ScriptedFault:
    """What is known of a scripted fault."""
    fault, times, left = entry.fault, entry.times, entry.turns.left
    scope = None if entry.only is None else entry.only[0]
    return {
        "id": identifier(entry),
        "fault": {"kind": fault.kind, **fault.model_dump(mode="json", by_alias=True, exclude_unset=True)},
        "times": None if isinf(times) else int(times),
        "left": None if isinf(left) else int(left),
        "planned": entry.planned,
        "fired": entry.fired,
        "key": scope.key[:8] if scope is not None and scope.key is not None else None,
        "test": None if scope is None else scope.test,
        "until": until,
    }


def state(server: Server, scenario: Scenario, seed: int, journal: Journal, rules: int, payer: Payer) -> State:
    """How the server is now; quotas as they are for that API key and model."""
    endpoint, now = server.endpoint, server.clock.now() if server.has_begun else 0.0
    return {
        "scenario": scenario.name,
        "seed": seed,
        "time_scale": server.clock.scale,
        "has_begun": server.has_begun,
        "now": now,
        "phase": _phase(server),
        "faults": _counted(server),
        "quotas": [QuotaLeft(**quota._asdict()) for quota in endpoint.quotas(now, *payer)],  # type: ignore[typeddict-item]
        "replies_left": server.replies.left,
        "rules": rules,
        "requests": {
            "served": journal.served,
            "under_way": endpoint.under_way,
            "turned_away": journal.turned_away,
        },
        "lateness": {
            "worst": journal.worst,
            "limit": LATE,
            "late_requests": journal.late,
            "late": journal.late > 0,
        },
    }


def _phase(server: Server) -> CurrentPhase:
    timeline = server.endpoint.timeline
    faults = [armed.fault.kind for armed in timeline.in_force]
    return {"number": timeline.index + 1, "of": len(timeline.phases), "faults": faults}


def _counted(server: Server) -> list[CountedFault]:
    timeline = server.endpoint.timeline
    return [
        {"name": name, "planned": counts.planned, "fired": counts.fired}
        for name, counts in zip(timeline.names, timeline.counts, strict=True)
    ]
