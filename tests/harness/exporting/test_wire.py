"""The exported TypeScript, compiled and run over real sockets, against the client file around that SDK's model."""

from __future__ import annotations

from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import pytest

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.files import load
from brownout.harness.ledger import Ledger
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario
from brownout.scenarios import incidents, known_clients

from .node import play
from .playing import in_typescript, shipped
from .trouble import SHARED, TROUBLE
from .variants import TYPESCRIPT

SCALE = 20.0
"""Scenario seconds in a second: a millisecond that Node takes is 20 ms there."""
SCRIPTED = load(Path(__file__).with_name("scripted.yaml"), Scenario)
LATENESS = (0.0, 1.0, 2.0, -1.0, -2.0)
"""Scenario seconds by which a run may be late or early: a twentieth of a second, and a tenth."""
RUNS = 5
"""What is wrong in all of so many runs is wrong; a machine that was busy elsewhere is late here once and there once."""


class End(NamedTuple):
    """How a call has ended, and how many of its requests the server has seen."""

    how: str
    requests: int


def ends(ledger: Ledger) -> dict[tuple[int, int], End]:
    requests = Counter(served.who[:2] for served in ledger.journal)
    hows = {call[:2]: "going on" if call.finished is None else call.outcome for call in ledger.calls}
    return {who: End(how if how in ("ok", "going on") else "failed", requests[who]) for who, how in hows.items()}


def without_streams(scenario: Scenario) -> Scenario:
    workload = scenario.workload
    return scenario.model_copy(
        update={
            "workload": workload.model_copy(update={"calls": workload.calls.model_copy(update={"stream": 0.0})})  # type: ignore[union-attr]
        }
    )


def always_different(scenario: Scenario, client: Client, program: Path) -> dict[tuple[int, int], tuple[End, End]]:
    """The calls that end otherwise than the model's in every run."""
    expected = ends(simulate(scenario, in_typescript(client), 1))
    assert len(expected) == scenario.workload.clients
    found: dict[tuple[int, int], tuple[End, End]] = {}
    for run in range(RUNS):
        seen = ends(play(scenario, program, SCALE))
        now = {who: (seen[who], end) for who, end in expected.items() if seen[who] != end}
        found = now if not run else {who: found[who] for who in found.keys() & now.keys()}
        if not found:
            break
    return found


QUICK = ("chat", "realtime")
CLIENTS = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in known_clients()]


@pytest.mark.parametrize("name", CLIENTS)
def test_scripted_troubles_end_alike(programs: Path, name: str) -> None:
    """Each as often asked for, and with the same end."""
    assert always_different(SCRIPTED, shipped()[name], programs / f"{name}.mjs") == {}


@pytest.mark.parametrize("name", QUICK)
def test_scripted_troubles_without_streams_end_alike(programs: Path, name: str) -> None:
    """By two of them, as what is plain is the lesser part; in virtual time it is by all, in Python."""
    assert always_different(without_streams(SCRIPTED), shipped()[name], programs / f"{name}.mjs") == {}


class Figures(NamedTuple):
    """Of a run, as shares of its calls."""

    goodput: float
    requests: float

    def is_near(self, other: Figures, times: float = 1.0) -> bool:
        """Within 8 points of goodput, and 15% of the requests, or so many times that. What a scaled run sends is some
        hundredths of a second late, and meets another window of a fault than the model's request: of 200 calls a few
        fare otherwise."""
        return (
            abs(self.goodput - other.goodput) <= 0.08 * times
            and abs(self.requests - other.requests) <= 0.15 * times * other.requests
        )


def figures(ledger: Ledger) -> Figures:
    calls = len(ledger.calls)
    good = [call for call in ledger.calls if call.outcome == "ok" and call.finished is not None]
    in_time = sum(call.finished - call.intended <= call.deadline for call in good if call.finished is not None)
    return Figures(in_time / calls, len(ledger.journal) / calls)


THREE = ("budgeted", "guide-stacked", "realtime")


@pytest.mark.slow
@pytest.mark.parametrize(("incident", "name"), [*zip(incidents(), cycle(THREE), strict=False)])
def test_incidents_are_survived_alike(programs: Path, incident: str, name: str) -> None:
    """Each by one client, in real time; in virtual time each is by all, in Python."""
    scenario = sampled(load(incidents()[incident], Scenario), 0.05)
    assert_near(scenario, in_typescript(shipped()[name]), programs / f"{name}.mjs")


def assert_near(scenario: Scenario, client: Client, program: Path, times: float = 1.0) -> None:
    """At least one of some runs is, to one of what the model says where the trouble comes sooner or later than planned
    by as much as a busy machine is late: a breaker that saw one request more stays open for half a minute."""
    expected = [figures(simulate(shifted(scenario, by), client, 1)) for by in LATENESS]
    runs: list[Figures] = []
    for _ in range(RUNS):
        runs.append(figures(play(scenario, program, SCALE)))
        if any(runs[-1].is_near(one, times) for one in expected):
            return
    pytest.fail(f"{scenario.name}: {runs} are none of {expected}")


def shifted(scenario: Scenario, by: float) -> Scenario:
    """With all that follows its first phase so many seconds later."""
    first, *others = scenario.timeline
    return scenario.model_copy(update={"timeline": (first.model_copy(update={"seconds": first.seconds + by}), *others)})


NOT_SHIPPED = [
    *("breaker-of-calls", "breaker-of-time", "breaker-within-limits", "bucket-of-successes", "bulkhead", "fallback"),
    *("first-byte", "hedge", "hedge-of-some", "hedge-by-quantile", "quota", "throttle", "two-retries"),
]
"""What no shipped client has."""


@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_SHIPPED)
def test_every_layer_fares_as_the_file_says(programs: Path, name: str) -> None:
    """In trouble of every kind, as near as it can be in real time: one request that is late may open a breaker or spend
    a budget, so that figures twice as far apart are near."""
    scenario = SHARED if name.startswith("hedge") else TROUBLE
    assert_near(scenario, TYPESCRIPT[name], programs / f"{name}.mjs", times=2.0)
