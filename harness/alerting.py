"""What alert rules are worth, as `alerts.json` has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, ValidationError

from .part import FROM_FILE, TO_FILE, Estimate, Figure, Part, keep
from .troubles import Cause

Count = Annotated[int, Field(ge=0, le=2**53)]
Positive = Annotated[FiniteFloat, Field(gt=0.0)]
FILE_NAME = "alerts.json"


class WatchedRule(Part):
    """A rule, and what its own parameters rule out."""

    name: str
    about: str
    kind: str
    severity: str
    text: Annotated[str, Field(description="its file, as it was resolved")]
    never: Annotated[list[str], Field(description="what of it can never fire, whatever happens, and why")]


class WatchedScenario(Part):
    """What a rule was shown, of each seed."""

    name: str
    about: str
    days: Positive
    calls: Annotated[Count, Field(description="of all seeds")]
    troubles: Annotated[Count, Field(description="of one seed")]
    causes: list[Cause]


class Score(Part):
    """One rule in one scenario, over all seeds. Times are seconds."""

    rule: str
    scenario: str
    troubles: Count
    recall: Annotated[Estimate | None, Field(description="the share of troubles that it found; null without any")]
    delay: Annotated[Estimate | None, Field(description="the mean, of those that it found")]
    delay_p95: Annotated[Figure | None, Field(description="of all: infinite where more than 1 in 20 was not found")]
    reset: Annotated[Estimate | None, Field(description="how long an alarm goes on after the trouble; the mean")]
    diagnosed: Annotated[Estimate | None, Field(description="the share of those found where it said whose it was")]
    false_alarms: Annotated[
        Estimate | None,
        Field(description="in 30 days without trouble, anew with each day that one goes on; null without such days"),
    ]
    cannot: Annotated[list[str], Field(description="what of it could not have fired there, and why")]


class Point(Part):
    """A rule made so many times as hard to set off."""

    times: Positive
    false_alarms: Annotated[Estimate, Field(description="in 30 days without trouble, over all scenarios")]
    delays: Annotated[
        dict[str, FiniteFloat],
        Field(description="scenario -> the mean delay in seconds; a trouble not found, or mistaken, counts in full"),
    ]
    right: Annotated[
        dict[str, FiniteFloat],
        Field(description="scenario -> the share of the troubles it found of which it said whose they were"),
    ]
    unnoticed: Annotated[
        FiniteFloat, Field(ge=0.0, le=1.0, description="the share of the time of trouble before anybody was called")
    ]


class Curve(Part):
    """Delay against false alarms, as a rule is made easier and harder to set off."""

    rule: str
    points: list[Point]

    def at(self, most: float) -> Point | None:
        """Where it misses the least, with no more than so many false alarms in 30 days; None if it always has more."""
        able = [point for point in self.points if point.false_alarms.value <= most]
        return min(able, key=lambda point: (point.unnoticed, point.false_alarms.value, -point.times), default=None)


class Chosen(Part):
    """A rule of the set that is recommended."""

    rule: str
    name: Annotated[str, Field(description="of the rule as it is to be set")]
    times: Annotated[Positive, Field(description="as hard to set off as its file has it")]
    false_alarms: Estimate
    text: Annotated[str, Field(description="a file of the rule as it is to be set")]


class Recommended(Part):
    """The set of rules that misses the least time of trouble, with no more than so many false alarms together."""

    rules: list[Chosen]
    false_alarms: Estimate
    unnoticed: FiniteFloat
    delays: dict[str, FiniteFloat]
    why: str


class AlertsFile(Part):
    """All that `brownout alerts` found."""

    schema_version: Literal[1] = 1
    created: str
    environment: dict[str, str]
    client: str
    seeds: Annotated[list[int], Field(min_length=1)]
    step: Annotated[Positive, Field(description="seconds from one evaluation to the next")]
    rules: list[WatchedRule]
    scenarios: list[WatchedScenario]
    scores: list[Score]
    curves: list[Curve]
    wanted: Annotated[Positive, Field(description="false alarms in 30 days that somebody can bear")]
    recommended: Recommended | None
    verdict: str
    command: str

    def save(self, path: Path) -> None:
        """Write it; whole or not at all."""
        fit = AlertsFile.model_validate(self.model_dump(), context=TO_FILE)
        keep(path, fit.model_dump_json(indent=1) + "\n")


class AlertsFileError(Exception):
    """A file that is none of ours. One line."""


def load(path: Path) -> AlertsFile:
    """Read an `alerts.json`. Raises `AlertsFileError`, saying what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AlertsFileError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, RecursionError) as error:
        raise AlertsFileError(f"{path}: not JSON: {error}") from None
    try:
        return AlertsFile.model_validate(data, context=FROM_FILE)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise AlertsFileError(f"{path}: {where}: {first['msg']}") from None
