"""Tests for `promtool test rules`: that Prometheus calls somebody when Brownout's own detectors do, and measures the
same.

For each rule its counters through small worlds (`worlds.py`), and moments at which levels and alerts have to be those
of the detector. The counters are scraped at the ends of ticks, where `increase()` has nothing to extrapolate, so that
levels agree to the last digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from typing import Any

from ..file import RuleFile
from ..promql import PREFIX, duration, level_of, number
from .counters import counters, grown
from .rules import alert_name, groups, labels, query, series, summary
from .text import as_yaml
from .worlds import Seen, World, worlds

RULES = "rules.yml"
"""The rule file that is tested, beside the tests."""
NEAR = 0.01
"""Of a limit: as close to it nothing is asked, as the last digit might decide."""
EXACT = 1e-6
"""By how much levels may differ: sums of many numbers, added in another order."""


def proofs(files: Sequence[RuleFile]) -> dict[str, str]:
    """Name -> text of test files, one for each interval of evaluation: promtool knows one for all groups of a file."""
    intervals = dict.fromkeys(sorted(query(file).every for file in files))
    return {f"every_{duration(every)}_test.yml": _proof(files, every) for every in intervals}


def _proof(files: Sequence[RuleFile], every: float) -> str:
    tests = [_test(file, world) for file in files if query(file).every == every for world in worlds(file, every)]
    return as_yaml(
        {
            "rule_files": [RULES],
            "evaluation_interval": duration(every),
            "group_eval_order": [group["name"] for group in groups(files)],
            "tests": tests,
        },
        f"Made by Brownout: promtool test rules. Of rules that are evaluated every {duration(every)}.",
    )


def _test(file: RuleFile, world: World) -> dict[str, Any]:
    course, moments = world.course, [*_moments(world)]
    levels = ((at, seen.level) for at, seen in moments if seen.level is not None)
    return {
        "name": f"{file.name}: {course.of} from {course.usual:g} to {course.worse:g}",
        "interval": duration(world.step),
        "input_series": [*_counted(file, world)],
        "alert_rule_test": [
            {"eval_time": duration(at), "alertname": alert_name(file), "exp_alerts": _alerts(file, seen)}
            for at, seen in moments
        ],
        "promql_expr_test": [_level(file, at, level) for at, level in levels],
    }


def _moments(world: World) -> Iterator[tuple[float, Seen]]:
    """Both sides of every turn, the first call after nobody called, the last of the calm, and the end; seconds, and
    what was seen. None where the last digit might decide whether it fires, or how it is written."""
    fires = [seen.fires for seen in world.seen]
    turns = {i + side for i, (before, after) in enumerate(pairwise(fires)) if before != after for side in (0, 1)}
    gaps = {i + 1 for i, (a, b) in enumerate(pairwise(world.seen)) if not a.tick.calls and b.tick.calls}
    for i in sorted(turns | gaps | {world.calm - 1, len(fires) - 1}):
        seen = world.seen[i]
        if seen.level is None or (abs(seen.level - 1.0) > NEAR and abs(seen.level * 100 % 1 - 0.5) > NEAR):
            yield (i + 1) * world.step, seen


def _counted(file: RuleFile, world: World) -> Iterator[dict[str, str]]:
    """Every counter that the rule goes by, from 0 on."""
    for counter in dict.fromkeys(counter for of in file.rule.watches() for counter in counters(of)):
        growth = [grown(counter, seen.tick) for seen in world.seen]
        yield {"series": PREFIX + counter, "values": " ".join(_runs(growth))}


def _runs(growth: Sequence[float]) -> Iterator[str]:
    """As promtool reads series: a number, or `10+5x3`, which is 10 15 20 25."""
    yield "0"
    totals = zip(accumulate(growth), growth, strict=True)
    for by, run in groupby(totals, key=lambda each: each[1]):
        first, *more = (total for total, _ in run)
        yield f"{number(first)}+{number(by)}x{len(more)}" if more else number(first)


def _alerts(file: RuleFile, seen: Seen) -> list[dict[str, Any]]:
    if not seen.fires or seen.level is None:
        return []
    told, more = f"{file.name} is at {seen.level:.2f} times its limit.", {}
    if seen.cause is not None and query(file).tells_cause:
        told, more = f"{told} What has changed: {seen.cause}.", {"cause": seen.cause}
    said = {"summary": summary(file), "description": told}
    return [{"exp_labels": labels(file) | more, "exp_annotations": said}]


def _level(file: RuleFile, at: float, level: float) -> dict[str, Any]:
    """Values are compared to the last digit, so Prometheus is asked whether it is near."""
    apart = f"abs(max({level_of(series(file))}) - {number(level)}) < bool {number(EXACT)}"
    return {"expr": apart, "eval_time": duration(at), "exp_samples": [{"labels": "{}", "value": 1}]}
