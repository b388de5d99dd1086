"""A run written by hand, small enough to be read whole: one scenario with faults, one without, three clients."""

from __future__ import annotations

from typing import Any

from brownout.harness.agreement import Agreement
from brownout.harness.results import Estimate, FaultCount, Row, RunFile, Standing, Subject


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high)


def row(scenario: str, client: str, goodput: float, quantiles: tuple[float | None, ...], **counts: Any) -> Row:
    names = zip(("p50", "p95", "p99"), map(estimate, quantiles), strict=True)
    figures = {"goodput": estimate(goodput, goodput - 0.02, goodput + 0.02), **dict(names)}
    return Row(
        scenario=scenario,
        client=client,
        metrics=figures | {"amplification": estimate(counts.pop("amplification", 1.0))},
        outcomes=counts.pop("outcomes", {"ok": 600}),
        timeouts=counts.pop("timeouts", {}),
        faults={name: FaultCount(planned=p, fired=f) for name, (p, f) in counts.pop("faults", {}).items()},
        breaker_opened=0,
    )


def subject(name: str, about: str) -> Subject:
    return Subject(name=name, about=about, sha256="0" * 64, reproduce=f"{name}.yaml")


def run(**changes: Any) -> RunFile:
    """The run, with some of its fields replaced."""
    fields: dict[str, Any] = {
        "created": "2026-01-02T03:04:05+00:00",
        "environment": {"python": "3.11.7", "platform": "Linux x86_64", "anthropic": "2.12.0"},
        "backend": "sim",
        "time_scale": 1.0,
        "sample": 0.25,
        "seeds": [1, 2, 3],
        "scenarios": [subject("storm", "Half of the calls are refused."), subject("calm", "Nothing goes wrong.")],
        "clients": [subject("steady", "Waits."), subject("hasty", "Gives up."), subject("absent", "Refuses.")],
        "verdict": "steady answers 91.2% of calls in time over 2 scenarios (3 seeds), 11.1 points more than hasty "
        "(95% interval 9.5 to 12.7).",
        "standings": [
            Standing(
                client="steady",
                goodput=estimate(0.912, 0.89, 0.93),
                behind=estimate(0.0, 0.0, 0.0),
                is_tied_with_best=True,
            ),
            Standing(
                client="hasty",
                goodput=estimate(0.801, 0.78, 0.82),
                behind=estimate(0.111, 0.095, 0.127),
                is_tied_with_best=False,
            ),
            Standing(
                client="absent",
                goodput=estimate(0.0),
                behind=estimate(0.912),
                is_tied_with_best=False,
            ),
        ],
        "rows": [
            row(
                "storm", "steady", 0.834, (3.14, 17.2, None),
                amplification=1.42, outcomes={"ok": 501, "gap": 60, "censored": 39}, timeouts={"gap": 61, "read": 7},
                faults={"phase 2: rate_limit #1": (210, 208), "phase 2: stall #2": (33, 30)},
            ),
            row(
                "storm", "hasty", 0.612, (2.71, None, None),
                amplification=1.1, outcomes={"ok": 367, "status 429": 233}, timeouts={},
                faults={"phase 2: rate_limit #1": (180, 180), "phase 2: stall #2": (28, 27)},
            ),
            row(
                "storm", "absent", 0.0, (None, None, None),
                amplification=0.0, outcomes={"breaker_open": 600},
                faults={"phase 2: rate_limit #1": (4, 4), "phase 2: stall #2": (0, 0)},
            ),
            row("calm", "steady", 0.99, (2.5, 4.75, 6.0)),
            row("calm", "hasty", 0.99, (2.25, 4.5, 5.5)),
            row("calm", "absent", 0.0, (None, None, None), amplification=0.0, outcomes={"breaker_open": 600}),
        ],
        "notes": ["storm: the fault of phase 2: stall #2 never fired for absent"],
        "cells": [],
        "command": "brownout compare -s storm.yaml -s calm.yaml -c steady.yaml -c hasty.yaml --seeds 3",
    }  # fmt: skip
    return RunFile(**(fields | changes))


AGREEMENT = [
    Agreement("storm", "steady", (0.834, 0.8), (3.14, 3.3), (852, 870)),
    Agreement("storm", "hasty", (0.612, 0.6), (2.71, None), (660, 655)),
]
