"""`run.json`: the one truth of a comparison, from which every report is derived. Versioned; `null` means infinite."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

SCHEMA_VERSION = 1

Backend = Literal["sim", "wire"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FaultCount(_Part):
    """How often a fault was meant for a request, and how often it took effect."""

    planned: int
    fired: int


class Cell(_Part):
    """One run: one client in one scenario under one seed."""

    scenario: str
    client: str
    seed: int
    calls: int
    attempts: int
    metrics: dict[str, float | None]
    outcomes: dict[str, int]
    timeouts: dict[str, int]
    faults: dict[str, FaultCount]
    breaker_opened: int
    lateness: float


class Subject(_Part):
    """A scenario or a client as it was run."""

    name: str
    about: str
    sha256: str
    reproduce: Annotated[str, Field(description="what to write after -s or -c to name it again")]


class Estimate(_Part):
    """A figure over all seeds. Without bounds where there were fewer than three runs, or one was infinite."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Row(_Part):
    """One client in one scenario, over all seeds."""

    scenario: str
    client: str
    metrics: dict[str, Estimate]
    outcomes: dict[str, int]
    timeouts: dict[str, int]
    faults: dict[str, FaultCount]
    breaker_opened: int


class Standing(_Part):
    """One client over all scenarios. `behind`: points of goodput the best client has more, paired by seed."""

    client: str
    goodput: Estimate
    behind: Estimate
    is_tied_with_best: bool


class RunFile(_Part):
    """All of a comparison."""

    schema_version: Literal[1] = 1
    created: str
    environment: dict[str, str]
    backend: Backend
    time_scale: float
    sample: float
    seeds: list[int]
    scenarios: list[Subject]
    clients: list[Subject]
    verdict: str
    standings: list[Standing]
    rows: list[Row]
    notes: list[str]
    cells: list[Cell]
    command: str

    def save(self, path: Path) -> None:
        """Write it; whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        part.replace(path)


class RunFileError(Exception):
    """A file that is not a `run.json`, or is one of another version."""


def load(path: Path) -> RunFile:
    """Read a `run.json`. Raises `RunFileError`, saying what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunFileError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise RunFileError(f"{path}: not JSON: {error}") from None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if version != SCHEMA_VERSION:
        raise RunFileError(f"{path}: expected schema_version {SCHEMA_VERSION}, got {version!r}")
    try:
        return RunFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise RunFileError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
