"""All of a run, as one file: written, read again, and described for whatever else reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, ValidationError

from ..coherent import problem
from ..part import FROM_FILE, TO_FILE, Part, keep
from ..printable import escaped
from ..recommended import Tuning
from ..stable import Stability
from ..views import Waterfall
from .found import Layer, Pair, Row, Standing, Verdict
from .gated import Baseline, Change, Gate
from .numbers import Positive, Seed
from .played import Cell, PlayedClient, PlayedScenario

SCHEMA_VERSION = 3

Backend = Literal["sim", "virtual", "virtual-blocking", "wire"]

_ESCAPED = re.compile(r"\\[bfru]|[\x7f-\x9f\u2028\u2029]")
"""In JSON, of all that no text in it may hold, and of a few that it may."""


class RunFile(Part):
    """All of a run."""

    kind: Annotated[Literal["comparison", "objectives"], Field(description="what the verdict is about")]

    schema_version: Literal[3] = 3
    created: str
    environment: dict[str, str]
    backend: Backend
    time_scale: Positive
    sample: Annotated[FiniteFloat, Field(gt=0.0, le=1.0)]
    lean: Annotated[
        bool, Field(description="whether only counts, histograms and a sample of the calls of each run were kept")
    ] = False
    seeds: Annotated[list[Seed], Field(min_length=1)]
    weights: dict[str, Annotated[FiniteFloat, Field(ge=0.0)]]
    scenarios: list[PlayedScenario]
    clients: list[PlayedClient]
    verdict: str
    gate: Gate | None
    baseline: Baseline | None = None
    changes: list[Change] = Field(default_factory=list, description="against the baseline, the worst first")
    objectives: list[Verdict]
    standings: list[Standing]
    pairs: list[Pair]
    layers: list[Layer]
    rows: list[Row]
    waterfalls: list[Waterfall] = Field(
        default_factory=list, description="of each scenario one call that tells the clients apart, with each of them"
    )
    tuning: Annotated[Tuning | None, Field(description="of `tune`: the search that found one of the clients")] = None
    stability: list[Stability] = Field(
        default_factory=list, description="of `stability`: how much load each client is safe under"
    )
    notes: list[str]
    cells: list[Cell]
    command: str

    def save(self, path: Path) -> None:
        """Write it; whole or not at all."""
        keep(path, self.mended().model_dump_json(indent=1) + "\n")

    def mended(self) -> RunFile:
        """As it can be kept: what `load` would refuse, such as an escape sequence in the name of a folder, is
        replaced."""
        try:
            if not _ESCAPED.search(self.model_dump_json()):
                return self
        except ValueError:  # half of a character
            pass
        return RunFile.model_validate(self.model_dump(), context=TO_FILE)

    def slim(self) -> RunFile:
        """The same without what is only drawn: all that is ever compared, for a repository to keep."""
        rows = [row.model_copy(update={"course": None, "latencies": []}) for row in self.rows]
        return self.model_copy(update={"rows": rows, "waterfalls": []})


class RunFileError(Exception):
    """A file that is not a `run.json`, is one of another version, or does not hang together. One line, whatever stands
    in the file."""

    def __init__(self, message: str) -> None:
        super().__init__(escaped(message))


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
        run = RunFile.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = "".join(f"{part}: " for part in (".".join(map(str, first["loc"])),) if part)
        raise RunFileError(f"{path}: {where}{first['msg'].removeprefix('Value error, ')}") from None
    if found := problem(run):
        raise RunFileError(f"{path}: {found}")
    return run


def schema() -> dict[str, Any]:
    """The JSON Schema of `run.json`."""
    return RunFile.model_json_schema()
