"""The run that others are held against: whether two can be compared at all, and what of them is not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from brownout.fakes.units import format_share

from .results import Baseline, Change, Row, RunFile
from .rules import Rule
from .scoring.changes import Pairing, changes, pairing, same_scenarios, shared


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
    pairs = pairing(now, before, rules)
    source = Baseline(
        path=path, created=before.created, seeds=before.seeds, is_paired=pairs.is_paired,
        shared=len(pairs.seeds) if pairs.is_paired and not pairs.are_all else None,
    )  # fmt: skip
    found = changes(now, before, rules)
    notes = [
        *_left_out(now, before),
        *_without_meaning(now, before, rules, found),
        *_not_all_seeds(pairs),
        *_otherwise(now, before),
    ]
    return now.model_copy(update={"baseline": source, "changes": found, "notes": [*now.notes, *notes]})


def _left_out(now: RunFile, before: RunFile) -> Iterable[str]:
    """Scenarios and clients that only one of the runs has, or that are no longer what they were."""
    known = {scenario.name for scenario in before.scenarios} - same_scenarios(now, before)
    if changed := [scenario.name for scenario in now.scenarios if scenario.name in known]:
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


def _not_all_seeds(pairs: Pairing) -> Iterable[str]:
    """How runs are compared whose seeds are not the same."""
    count = len(pairs.seeds)
    seeds = f"{count or 'no'} {'seed' if count == 1 else 'seeds'}"
    if pairs.are_all:
        return
    if pairs.is_paired:
        yield f"This run and the baseline have {seeds} in common: those are compared, one by one, and no others."
    else:
        yield (
            f"This run and the baseline have {seeds} in common, and {pairs.needed} are needed to compare them one by "
            "one: the runs are compared as two groups."
        )


def _otherwise(now: RunFile, before: RunFile) -> Iterable[str]:
    """What the figures were made with that is not the same."""
    found = [
        f"{name} {before.environment.get(name, 'none')}, now {now.environment.get(name, 'none')}"
        for name in {**before.environment, **now.environment}
        if before.environment.get(name) != now.environment.get(name)
    ]
    if found:
        yield f"The baseline was made with {'; '.join(found)}."
