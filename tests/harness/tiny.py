"""A scenario and two clients small enough to be played in every test, as files."""

from __future__ import annotations

from pathlib import Path

from brownout.harness.client import Client
from brownout.harness.plan import Plan
from brownout.harness.scenario import Scenario
from brownout.harness.sources import Source, client, scenario

STORM = """\
name: storm
about: Half of the calls of a minute are refused; some streams stall.
workload:
  clients: 4
  arrivals: {kind: poisson, rate: 2/s}
  calls: {deadline: 20s, stream: 50%, output_tokens: {median: 20, p95: 60}}
server:
  latency: {first_token: {median: 300ms, p95: 900ms}}
timeline:
  - {for: 10s}
  - for: 30s
    faults:
      - {kind: rate_limit, share: 50%, retry_after: 30s}
      - {kind: stall, share: 20%}
  - {for: 10s}
"""
CALM = """\
name: calm
about: Nothing goes wrong.
workload:
  clients: 3
  arrivals: {kind: steady, rate: 1/s}
  calls: {deadline: 20s, output_tokens: 10}
timeline:
  - {for: 20s}
"""
PATIENT = """\
name: patient
about: Waits.
layers:
  - deadline: {total: 60s}
  - retry: {retries: 2}
  - content_gap: {limit: 5s}
  - sdk: {max_retries: 0}
"""
HASTY = """\
name: hasty
about: Gives up.
layers:
  - breaker: {failures: 3, open_for: 5s}
  - deadline: {total: 1100ms}
  - sdk: {max_retries: 0}
"""
MET = "objectives: [goodput >= 60%, amplification <= 2, p50(latency) <= 10s]\n"
"""What the patient client keeps in the storm, and the hasty one does not."""
MISSED = "objectives: [goodput >= 99%, p95(latency) <= 60s, time_to_recover <= 20s]\n"
"""What nobody keeps there; the last has no meaning, as the storm is too short."""
FILES = {"storm.yaml": STORM, "calm.yaml": CALM, "patient.yaml": PATIENT, "hasty.yaml": HASTY}


def write(folder: Path) -> None:
    """All four files."""
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")


def objectives(folder: Path, lines: str, name: str = "storm") -> None:
    """Give the scenario of that name objectives."""
    path = folder / f"{name}.yaml"
    path.write_text(FILES[path.name] + lines, encoding="utf-8")


def scenarios(folder: Path) -> list[Source[Scenario]]:
    return [scenario(str(folder / "storm.yaml")), scenario(str(folder / "calm.yaml"))]


def clients(folder: Path) -> list[Source[Client]]:
    return [client(str(folder / "patient.yaml")), client(str(folder / "hasty.yaml"))]


def plan(folder: Path, seeds: int = 3, workers: int = 1) -> Plan:
    """Both scenarios with both clients."""
    write(folder)
    return Plan(scenarios(folder), clients(folder), range(1, seeds + 1), workers=workers, command="brownout compare")
