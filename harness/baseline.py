"""The run that others are held against: whether two can be compared at all, and what of them is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from brownout.fakes.units import format_share

from .results import Baseline, Change, Row, RunFile
from .rules import Rule
from .scoring.changes import are_paired, changes, shared


class Incomparable(ValueError):
    """A baseline that was played in another way."""


def check(before: RunFile, backend: str, sample: float, scale: float) -> None:
    """Raise `Incomparable` for a baseline whose figures would differ whatever the clients do."""
    played = (before.backend, f"--sample {format_share(before.sample)}", f"--time-scale {before.time_scale:g}")
    wanted = (backend, f"--sample {format_share(sample)}", f"--time-scale {scale:g}")
    for what, one, other in zip(("backend", "sample", "time scale"), played, wanted, strict=True):
        if one != other:
            raise Incomparable(f"the baseline has another {what}: {one}, and this run {other}")


def against(now: RunFile, before: RunFile, path: str, rules: Sequence[Rule]) -> RunFile:
    """The run with its changes since the baseline. Raises `Incomparable`."""
    check(before, now.backend, now.sample, now.time_scale)
    source = Baseline(path=path, created=before.created, seeds=before.seeds, is_paired=are_paired(now, before))
    found = changes(now, before, rules)
    notes = [*_left_out(now, before), *_without_meaning(now, before, rules, found), *_otherwise(now, before)]
    return now.model_copy(update={"baseline": source, "changes": found, "notes": [*now.notes, *notes]})


def _left_out(now: RunFile, before: RunFile) -> Iterable[str]:
    """Scenarios and clients that only one of the runs has, or that are no longer what they were."""
    worlds = {scenario.name: scenario.sha256 for scenario in before.scenarios}
    changed = [
        scenario.name for scenario in now.scenarios if worlds.get(scenario.name, "") not in ("", scenario.sha256)
    ]
    if changed:
        yield f"{', '.join(changed)}: changed since the baseline, and not compared with it."
    pairs = (
        ([each.name for each in now.scenarios], [each.name for each in before.scenarios]),
        (list(dict.fromkeys(row.client for row in now.rows)), list(dict.fromkeys(row.client for row in before.rows))),
    )
    for here, there in pairs:
        if new := [name for name in here if name not in there]:
            yield f"{', '.join(new)}: not in the baseline, and not compared."
        if gone := [name for name in there if name not in here]:
            yield f"{', '.join(gone)}: in the baseline, and not in this run."


def _without_meaning(now: RunFile, before: RunFile, rules: Sequence[Rule], found: Sequence[Change]) -> Iterable[str]:
    """Rules on metrics that one of the runs does not have."""
    asked = {(each.scenario, each.client, each.rule) for each in found}
    for row, row_before in shared(now, before):
        for rule in rules:
            if (row.scenario, row.client, str(rule)) not in asked:
                reason = _reason(rule.metric, row, row_before)
                yield f"{rule} was not asked of {row.client} in {row.scenario}: {reason}."


def _reason(metric: str, row: Row, row_before: Row) -> str:
    for which, each in (("this run", row), ("the baseline", row_before)):
        if metric not in each.metrics:
            return f"in {which} {each.absent.get(metric, 'it was not measured')}"
    return "no seed has it in both runs"


def _otherwise(now: RunFile, before: RunFile) -> Iterable[str]:
    """What the figures were made with that is not the same."""
    found = [
        f"{name} {before.environment.get(name, 'none')}, now {now.environment.get(name, 'none')}"
        for name in {**before.environment, **now.environment}
        if before.environment.get(name) != now.environment.get(name)
    ]
    if found:
        yield f"The baseline was made with {'; '.join(found)}."
