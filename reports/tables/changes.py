"""What has changed against a baseline, and whether a gate lets it pass."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.results import Baseline, Change
from brownout.harness.scoring.changed import NOT_ENOUGH, by, interval

from .. import words
from ..table import Table

_RESULTS = {"worse": "WORSE", "unsure": "not enough data", "held": "held"}


def changes(found: Sequence[Change], baseline: Baseline | None) -> Table:
    """One row a rule, scenario and client; the worst first."""
    return Table(
        "Against the baseline",
        f"{_source(baseline)} A change is positive where it is worse; its 95% interval is over seeds. WORSE: by "
        "more than the rule allows, and surely worse, with all comparisons counted (Holm).",
        ("scenario", "client", "rule", "baseline", "now", "change", "95% interval", "result", "why"),
        tuple(
            (
                each.scenario,
                each.client,
                each.rule,
                words.of(each.metric, each.baseline.value),
                words.of(each.metric, each.now.value),
                by(each),
                interval(each) or "–",
                _RESULTS[each.outcome],
                each.why.removeprefix(NOT_ENOUGH),
            )
            for each in found
        ),
    )


def _source(baseline: Baseline | None) -> str:
    if baseline is None:
        return ""
    seeds = f"{len(baseline.seeds):,} {'seed' if len(baseline.seeds) == 1 else 'seeds'}"
    same = "the same as here" if baseline.shared is None else f"{baseline.shared:,} of them the same as here"
    paired = f"{same}, compared one by one" if baseline.is_paired else "others than here"
    return f"The baseline is {baseline.path}, made {baseline.created} with {seeds}, {paired}."
