"""All of it: rules shown months of calls, judged, and the best set of them found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ..alerting import AlertsFile, Score, WatchedRule, WatchedScenario
from ..environment import environment
from ..files.writing import written
from ..fleet import Configuration
from ..monitoring.tick import STEP
from ..scenario import Scenario
from . import reach
from .alarms import swept
from .file import RuleFile
from .judging import Judged, judged
from .months import Month, months
from .recommending import recommended
from .scoring import score
from .sensitivity import MONTH, Variant, Worth, curve, variants, worth
from .verdict import verdict


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for. `wanted`: false alarms in 30 days, at most."""

    files: Sequence[RuleFile]
    scenarios: Sequence[Scenario]
    client: Configuration
    seeds: Sequence[int]
    wanted: float = 1.0
    command: str = ""


@dataclass(frozen=True, slots=True)
class Watched:
    """One run as every variant of every rule saw it, and as bad as it came for each rule."""

    scenario: str
    calls: int
    judged: list[Judged]
    peaks: list[list[float]]


def watched(tried: Sequence[Variant], files: Sequence[RuleFile], month: Month) -> Watched:
    """In whatever process."""
    troubles, lasts = month.scenario.wrong, month.scenario.horizon
    rules = [(file, [each.times for each in tried if each.place == place]) for place, file in enumerate(files)]
    ticks = month.ticks()
    found = swept(rules, ticks, STEP)
    return Watched(
        month.scenario.name,
        int(sum(tick.calls for tick in ticks)),
        [judged(said.alarms, troubles, lasts, said.knows) for of_rule in found for said in of_rule],
        [reach.peaks(file.rule, ticks, troubles, STEP) for file in files],
    )


def study(
    asked: Request,
    kept: Path | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> AlertsFile:
    """`kept`: a folder for what was played. `progress` is told how many runs are done."""
    tried = variants(asked.files)
    played = months(asked.scenarios, asked.client, asked.seeds, kept, executor, progress)
    runs = list((map if executor is None else executor.map)(partial(watched, tried, asked.files), played))
    worths = [worth(each, [(run.scenario, run.judged[i]) for run in runs]) for i, each in enumerate(tried)]
    scores = _scores(asked, tried, runs)
    found = recommended(worths, asked.wanted, [file.name for file in asked.files])
    rules = [_rule(file) for file in asked.files]
    return AlertsFile(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        environment=environment(),
        client=asked.client.name,
        seeds=list(asked.seeds),
        step=STEP,
        rules=rules,
        scenarios=[_scenario(scenario, runs) for scenario in asked.scenarios],
        scores=scores,
        curves=[curve(file.name, _of(worths, place)) for place, file in enumerate(asked.files)],
        wanted=asked.wanted,
        recommended=found,
        verdict=verdict(rules, scores, found, asked.wanted, max((each.calm for each in worths), default=0.0) / MONTH),
        command=asked.command,
    )


def _of(worths: Sequence[Worth], place: int) -> list[Worth]:
    return [each for each in worths if each.variant.place == place]


def _scores(asked: Request, tried: Sequence[Variant], runs: Sequence[Watched]) -> list[Score]:
    """Of the rules as their files have them."""
    found = []
    for i, each in enumerate(tried):
        if each.times != 1.0:
            continue
        for scenario in asked.scenarios:
            these = [run for run in runs if run.scenario == scenario.name]
            worst = [max(peaks) for peaks in zip(*(run.peaks[each.place] for run in these), strict=True)]
            why = reach.cannot(each.file.rule, worst)
            found.append(score(each.file.name, scenario.name, [run.judged[i] for run in these], why))
    return found


def _rule(file: RuleFile) -> WatchedRule:
    kind = type(file.rule).model_fields["kind"].default
    return WatchedRule(
        name=file.name,
        about=file.about,
        kind=kind,
        severity=file.severity,
        text=written(file),
        never=file.rule.never(),
    )


def _scenario(scenario: Scenario, runs: Sequence[Watched]) -> WatchedScenario:
    return WatchedScenario(
        name=scenario.name,
        about=scenario.about,
        days=scenario.horizon / 86_400.0,
        calls=sum(run.calls for run in runs if run.scenario == scenario.name),
        troubles=len(scenario.wrong),
        causes=list(dict.fromkeys(trouble.cause for trouble in scenario.wrong)),
    )
