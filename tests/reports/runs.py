"""A run written by hand, small enough to be read whole: one scenario with faults, one without, three clients."""

from __future__ import annotations

from typing import Any

from brownout.harness.agreement import Agreement
from brownout.harness.objectives import parse
from brownout.harness.part import Estimate
from brownout.harness.results import (
    FaultCount,
    Gate,
    Layer,
    Pair,
    PlayedClient,
    PlayedScenario,
    Row,
    RunFile,
    Standing,
    Verdict,
)
from brownout.harness.views import Course, Stretch, Try, Waterfall

NEVER = float("inf")


def estimate(value: float, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


def row(scenario: str, client: str, goodput: float, quantiles: tuple[float, ...], **counts: Any) -> Row:
    names = zip(("p50(latency)", "p95(latency)", "p99(latency)"), map(estimate, quantiles), strict=True)
    figures = {
        "goodput": estimate(goodput, max(0.0, goodput - 0.02), min(1.0, goodput + 0.02)),
        "rmst_share": estimate(1.0 - goodput),
    }
    more = {"amplification": estimate(counts.pop("amplification", 1.0))} | counts.pop("more", {})
    rank = counts.pop("rank", 1)
    return Row(
        scenario=scenario,
        client=client,
        rank=rank,
        is_best=rank == 1,
        metrics=figures | dict(names) | more,
        absent={},
        outcomes=counts.pop("outcomes", {"ok": 600}),
        timeouts=counts.pop("timeouts", {}),
        faults={name: FaultCount(planned=p, fired=f) for name, (p, f) in counts.pop("faults", {}).items()},
        transitions={},
        course=course(goodput, opens=client == "absent", has_twin=scenario == "storm"),
        latencies=[value for value in quantiles for _ in range(30) if value < NEVER],
    )


def client(name: str, about: str, **more: Any) -> PlayedClient:
    return PlayedClient(name=name, about=about, sha256="0" * 64, reproduce=f"{name}.yaml", **more)


def scenario(name: str, about: str, *faults: str) -> PlayedScenario:
    """A minute; faults last from its tenth to its fortieth second."""
    bounds = [(0.0, 10.0, []), (10.0, 40.0, list(faults)), (40.0, 60.0, [])]
    return PlayedScenario(
        name=name,
        about=about,
        sha256="0" * 64,
        reproduce=f"{name}.yaml",
        clients=4,
        horizon=60.0,
        end=90.0,
        deadlines=[30.0],
        phases=[Stretch(begins=a, ends=b, faults=wrong) for a, b, wrong in bounds],
    )


def course(goodput: float, *, opens: bool = False, has_twin: bool = True) -> Course:
    """Nine bins of ten seconds; in the last three no call begins."""
    during: list[float | None] = [1.0, goodput, goodput, goodput, 1.0, 1.0, None, None, None]
    return Course(
        edges=[10.0 * i for i in range(10)],
        arrivals=[2.0] * 6 + [0.0] * 3,
        goodput=during,
        twin_arrivals=[2.0] * 6 + [0.0] * 3 if has_twin else [],
        twin=[None if each is None else 1.0 for each in during] if has_twin else [],
        attempts=[2.0, 3.5, 3.5, 3.5, 2.0, 2.0, 0.0, 0.0, 0.0],
        in_flight=[4.0, 6.25, 8.0, 8.0, 6.0, 4.0, 1.5, 0.0, 0.0],
        open=[0.0, 0.25, 0.5, 0.5, 0.25, 0.0, 0.0, 0.0, 0.0] if opens else [],
    )


WATERFALLS = [
    Waterfall(
        scenario="storm", client="steady", seed=1, call="2.7", deadline=30.0, ends=11.5, outcome="answered whole",
        is_good=True,
        tries=[
            Try(begins=0.0, ends=0.125, branch=0, outcome="status 429", fault="phase 2: rate_limit #1", early=0.0,
                first_text=None),
            Try(begins=5.0, ends=11.5, branch=0, outcome="answered whole", fault="", early=0.5, first_text=6.25),
        ],
    ),
    Waterfall(
        scenario="storm", client="hasty", seed=1, call="2.7", deadline=30.0, ends=0.125, outcome="status 429",
        is_good=False,
        tries=[
            Try(begins=0.0, ends=0.125, branch=0, outcome="status 429", fault="phase 2: rate_limit #1", early=0.0,
                first_text=None),
        ],
    ),
    Waterfall(
        scenario="storm", client="absent", seed=1, call="2.7", deadline=30.0, ends=0.0, outcome="breaker open",
        is_good=False, tries=[],
    ),
]  # fmt: skip
"""One call of the storm."""


def standing(client: str, rank: int, score: Estimate, behind: Estimate, chance: float | None) -> Standing:
    return Standing(
        client=client,
        rank=rank,
        score=score,
        behind=behind,
        wait=estimate(score.value / 2),
        goodput=estimate(1.0 - score.value, 1.0 - (score.high or 1.0), 1.0 - (score.low or 0.0)),
        goodput_behind=behind,
        cost=estimate(0.02 * rank, 0.015 * rank, 0.025 * rank) if rank < 3 else estimate(NEVER),
        is_on_front=client == "steady",
        probability_of_best=chance,
        is_tied_with_best=rank == 1,
        runs_needed=6,
    )


def pair(better: str, worse: str, difference: Estimate, p_holm: float) -> Pair:
    return Pair(
        better=better, worse=worse, difference=difference, p=p_holm / 3, p_holm=p_holm, is_tied=p_holm > 0.05,
        runs_needed=1234 if p_holm > 0.05 else None,
    )  # fmt: skip


def verdict(client: str, line: str, value: float | None, **more: Any) -> Verdict:
    asked = parse(line)
    judged = {} if value is None else {"is_met": asked.holds(value), "margin": asked.margin(value)}
    fields = {"value": value, "is_met": None} | judged | more
    return Verdict(scenario="storm", client=client, objective=line, metric=asked.metric, **fields)


def layer(left_out: str, scenario: str, goodput: Estimate) -> Layer:
    return Layer(
        client="steady", left_out=left_out, scenario=scenario, goodput=goodput, score=goodput,
        amplification=estimate(0.25, 0.2, 0.3),
    )  # fmt: skip


OBJECTIVES = [
    verdict("steady", "goodput >= 80%", 0.834, low=0.814, high=0.854, is_sure=True),
    verdict("hasty", "goodput >= 60%", 0.612, low=0.592, high=0.632),
    verdict("steady", "p99(latency) <= 60s", NEVER, low=71.5, high=NEVER, is_sure=True),
    verdict("steady", "p95(ttft) <= 2s", None, why="no call streams"),
    verdict("hasty", "cost_per_good_call <= $0.05", 0.0625),
]
LAYERS = [
    layer("retry", "", estimate(0.101, 0.08, 0.12)),
    layer("retry", "storm", estimate(0.202, 0.16, 0.24)),
    layer("retry", "calm", estimate(-0.0001, -0.01, 0.01)),
    layer("hedge", "", estimate(-0.05, -0.06, -0.04)),
    layer("hedge", "storm", estimate(-0.1)),
    layer("hedge", "calm", estimate(0.0, 0.0, 0.0)),
]


def run(**changes: Any) -> RunFile:
    """The run, with some of its fields replaced."""
    fields: dict[str, Any] = {
        "kind": "comparison",
        "created": "2026-01-02T03:04:05+00:00",
        "environment": {"python": "3.11.7", "platform": "Linux x86_64", "anthropic": "2.12.0"},
        "backend": "sim",
        "time_scale": 1.0,
        "sample": 0.25,
        "seeds": [1, 2, 3, 4, 5, 6, 7],
        "weights": {"storm": 2.0, "calm": 1.0},
        "scenarios": [
            scenario("storm", "Half of the calls are refused.", "rate_limit 50%", "stall 10%"),
            scenario("calm", "Nothing goes wrong."),
        ],
        "clients": [
            client("steady", "Waits.", limits={"read timeout": 20.0, "deadline": 25.0}),
            client("hasty", "Gives up.", limits={"read timeout": 5.0}),
            client("absent", "Refuses."),
        ],
        "verdict": "steady holds best over 2 scenarios (7 seeds): 88.6% of calls are answered in time, "
        "callers wait 5.7% of their deadline on average, but not surely better than hasty: the difference of "
        "14.8 points may be chance.",
        "gate": Gate(client="hasty", is_met=False, why="steady is surely better", smallest_difference=0.01),
        "objectives": OBJECTIVES,
        "standings": [
            standing("steady", 1, estimate(0.114, 0.09, 0.13), estimate(0.0, 0.0, 0.0), 0.995),
            standing("hasty", 1, estimate(0.262, 0.2, 0.3), estimate(0.148, -0.001, 0.3), 0.005),
            standing("absent", 3, estimate(1.0), estimate(0.886), None),
        ],
        "pairs": [
            pair("steady", "hasty", estimate(0.148, -0.001, 0.3), 0.0938),
            pair("steady", "absent", estimate(0.886), 0.0469),
            pair("hasty", "absent", estimate(0.738, 0.7, 0.8), 0.0469),
        ],
        "layers": LAYERS,
        "rows": [
            row(
                "storm", "steady", 0.834, (3.14, 17.2, NEVER),
                amplification=1.42, outcomes={"ok": 501, "gap": 60, "censored": 39}, timeouts={"gap": 61, "read": 7},
                faults={"phase 2: rate_limit #1": (210, 208), "phase 2: stall #2": (33, 30)},
                more={"time_to_recover": estimate(12.5, 10.0, 15.0), "cost_per_good_call": estimate(0.0123)},
            ),
            row(
                "storm", "hasty", 0.612, (2.71, NEVER, NEVER),
                amplification=1.1, timeouts={}, rank=2,
                outcomes={"ok": 367, "status 429": 120, "gap": 50, "reset": 40, "connect": 20, "status 529": 3},
                faults={"phase 2: rate_limit #1": (180, 180), "phase 2: stall #2": (28, 27)},
            ),
            row(
                "storm", "absent", 0.0, (NEVER, NEVER, NEVER),
                amplification=0.0, outcomes={"breaker_open": 600}, rank=3,
                faults={"phase 2: rate_limit #1": (4, 4), "phase 2: stall #2": (0, 0)},
            ),
            row("calm", "steady", 0.99, (2.5, 4.75, 6.0)),
            row("calm", "hasty", 0.99, (2.25, 4.5, 5.5)),
            row(
                "calm", "absent", 0.0, (NEVER, NEVER, NEVER),
                amplification=0.0, outcomes={"breaker_open": 600}, rank=3,
            ),
        ],
        "waterfalls": WATERFALLS,
        "notes": ["storm: the fault of phase 2: stall #2 never fired for absent"],
        "cells": [],
        "command": "brownout compare -s storm.yaml -s calm.yaml -c steady.yaml -c hasty.yaml --seeds 3",
    }  # fmt: skip
    return RunFile(**(fields | changes))


AGREEMENT = [
    Agreement("storm", "steady", (0.834, 0.8), (3.14, 3.3), (852, 870)),
    Agreement("storm", "hasty", (0.612, 0.6), (2.71, NEVER), (660, 655)),
]
