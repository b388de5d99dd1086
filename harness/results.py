"""`run.json`: the one truth of a run, from which every report is derived. Its schema is published and versioned."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, ValidationError, model_validator

from .coherent import problem
from .part import FROM_FILE, TO_FILE, Estimate, Figure, Part, keep
from .printable import escaped
from .recommended import Tuning
from .stable import Stability
from .views import Course, Stretch, Waterfall

SCHEMA_VERSION = 3

Backend = Literal["sim", "virtual", "virtual-blocking", "wire"]


_ESCAPED = re.compile(r"\\[bfru]|[\x7f-\x9f\u2028\u2029]")
"""In JSON, of all that no text in it may hold, and of a few that it may."""

Count = Annotated[int, Field(ge=0, le=2**53)]
Seed = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Chance = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]
Positive = Annotated[FiniteFloat, Field(gt=0.0)]


class FaultCount(Part):
    """How often a fault was meant for a request, and how often it took effect."""

    planned: Count
    fired: Count


class Cell(Part):
    """One run: one client in one scenario under one seed."""

    key: Annotated[str, Field(description="of its calls and attempts in the file of cells")]
    scenario: str
    client: str
    seed: Seed
    calls: Count
    attempts: Count
    kept: Annotated[
        Count | None, Field(description="calls of which the records are kept, with `--lean`; null: of all")
    ] = None
    metrics: dict[str, Figure]
    absent: Annotated[dict[str, str], Field(description="metrics that have no meaning in this run, and why")]
    outcomes: dict[str, Count]
    timeouts: dict[str, Count]
    faults: dict[str, FaultCount]
    transitions: Annotated[dict[str, Count], Field(description="of breakers: `closed to open`, and how often")]
    lateness: FiniteFloat


class Subject(Part):
    """A scenario or a client as it was run."""

    name: str
    about: str
    sha256: Annotated[str, Field(description="of everything it says once it is resolved; comments do not count")]
    reproduce: Annotated[
        str, Field(description="what to write after -s or -c to name it again; empty for what was made in Python")
    ]


class PlayedScenario(Subject):
    """Seconds count from its start; what is still going on at its end is censored."""

    clients: Annotated[Count, Field(description="each with connections and breakers of its own")]
    horizon: Annotated[Positive, Field(description="seconds in which calls begin")]
    end: FiniteFloat
    deadlines: Annotated[
        list[Positive], Field(min_length=1, description="of its kinds of calls, from the moment one is meant")
    ]
    phases: list[Stretch]

    @model_validator(mode="after")
    def _ends_last(self) -> PlayedScenario:
        if self.end < self.horizon:
            raise ValueError("end: expected no less than the horizon")
        return self


class PlayedMember(Part):
    """A configuration of a fleet, and the share of the clients that have it."""

    name: str
    sha256: Annotated[str, Field(description="as of a client")]
    share: Annotated[FiniteFloat, Field(gt=0.0, le=1.0)]


class PlayedClient(Subject):
    """`limits`, in seconds, are those that a file sets; what code does is not known, nor one limit of a fleet."""

    limits: dict[str, FiniteFloat] = Field(default_factory=dict)
    is_command: bool = False
    ablates: Annotated[str, Field(description="of a client made by --ablate: the client it is made from")] = ""
    left_out: str = ""
    members: list[PlayedMember] = Field(default_factory=list, description="of a fleet; none of a single client")


class MemberRow(Part):
    """One member of a fleet in one scenario, over all seeds: the calls of those clients that it is made of."""

    name: str
    clients: Annotated[Count, Field(description="how many of the scenario's clients")]
    metrics: dict[str, Estimate]
    gained: Annotated[
        Estimate | None,
        Field(description="goodput more than the same clients have where all are like them, if that was played, too"),
    ] = None


class Row(Part):
    """One client in one scenario, over all seeds. `rank` is by `par2`; who is not surely worse than the first is
    `is_best`. `latencies` are the quantiles of all calls by steps of half a percent, in seconds, as far as there are
    answers: 180 of them if a tenth of the calls has none."""

    scenario: str
    client: str
    rank: Count
    is_best: bool
    metrics: dict[str, Estimate]
    absent: dict[str, str]
    outcomes: dict[str, Count]
    timeouts: dict[str, Count]
    faults: dict[str, FaultCount]
    transitions: dict[str, Count]
    course: Course | None = None
    latencies: list[FiniteFloat] = Field(default_factory=list)
    members: list[MemberRow] = Field(default_factory=list, description="of a fleet, in the order of its file")


class Standing(Part):
    """One client over all scenarios. `score` is the weighted mean of `par2`, the penalized wait as a share of the
    deadline: smaller is better. `behind`: by how much it is more than the first's, paired by seed."""

    client: str
    rank: Count
    score: Estimate
    behind: Estimate
    wait: Annotated[Estimate, Field(description="the weighted mean of `rmst_share`: the same without the penalty")]
    goodput: Estimate
    goodput_behind: Estimate
    cost: Annotated[Estimate, Field(description="dollars per good call, the weighted mean")]
    is_on_front: Annotated[bool, Field(description="whether nobody has as much goodput for less, or more for as much")]
    probability_of_best: Annotated[
        Chance | None, Field(description="over all scenarios; null with fewer than three seeds")
    ]
    is_tied_with_best: bool
    runs_needed: Annotated[
        Count | None, Field(description="seeds that would tell a difference as large as this one; null: none would")
    ]


class Pair(Part):
    """Two clients: how much more of `par2`, the penalized wait as a share of the deadline, `worse` has. `p` is exact
    for the pair alone, `p_holm` with all pairs counted; a tie is what chance may explain."""

    better: str
    worse: str
    difference: Estimate
    p: Chance
    p_holm: Chance
    is_tied: bool
    runs_needed: Count | None


class Verdict(Part):
    """An objective of a scenario, for one client. `is_met` is null where the metric has no meaning for it."""

    scenario: str
    client: str
    objective: str
    metric: str
    value: Figure | None
    low: Figure | None = None
    high: Figure | None = None
    margin: Annotated[Figure | None, Field(description="how far on the right side; negative when missed")] = None
    is_met: bool | None
    is_sure: Annotated[bool, Field(description="whether the whole interval says the same")] = False
    why: str = ""


class Layer(Part):
    """What one layer is worth: the client with it against the client without it, paired by seed."""

    client: str
    left_out: str
    scenario: Annotated[str, Field(description='"" for all of them together')]
    goodput: Annotated[Estimate, Field(description="points of goodput gained by the layer")]
    score: Annotated[Estimate, Field(description="`par2` saved by the layer")]
    amplification: Annotated[Estimate, Field(description="requests per call sent more because of it")]


class Gate(Part):
    """Whether a client may be relied on: no other is surely better."""

    client: str
    is_met: bool
    why: str
    smallest_difference: Annotated[
        Figure | None, Field(description="in score, that so many seeds find in 80% of cases; null: none at all")
    ]


Reason = Literal["sure", "chance", "few", "blind", "same", "never", "allowed"]


class Change(Part):
    """What a rule of a gate makes of one client in one scenario, held against a baseline. `change` is positive where
    it is worse: a share of the baseline if its `unit` is `%`, a share of one for `points`, else in the metric's unit.
    `unsure`: worse by more than the rule allows, but chance may explain it."""

    scenario: str
    client: str
    rule: Annotated[str, Field(description="as it was written")]
    metric: str
    baseline: Estimate
    now: Estimate
    change: Figure
    unit: Literal["%", "points", "s", "x", "$", "count"]
    low: Annotated[Figure | None, Field(description="of its 95% interval; null where a run has an infinite figure")]
    high: Figure | None
    p_holm: Annotated[Chance, Field(description="of being worse by chance, all comparisons of the gate counted")]
    smallest: Annotated[
        Figure | None, Field(description="the change that so many runs find in 80% of cases; null: not known, or none")
    ]
    runs_needed: Annotated[Count | None, Field(description="runs of each that would tell; null: no number is known")]
    outcome: Literal["held", "worse", "unsure"]
    reason: Annotated[
        Reason,
        Field(
            description="`allowed`: it is sure, or may be chance, and no more than the rule allows. `same` in every "
            "run. `never`: infinite before and now. `blind`: held, as so few runs see nothing at all; `few`: worse by "
            "more than is allowed, of which so few runs say nothing. `chance`: worse, which may be chance. `sure`"
        ),
    ]
    why: str


class Baseline(Part):
    """The run that changes are measured from. `is_paired`: runs of the same seeds are compared one by one."""

    path: Annotated[str, Field(description="as it was given")]
    created: str
    seeds: Annotated[list[Seed], Field(min_length=1)]
    is_paired: bool
    shared: Annotated[
        Count | None,
        Field(description="seeds that both runs have, where they are not all: figures are means over them"),
    ] = None


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
