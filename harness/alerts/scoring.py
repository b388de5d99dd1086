"""The figures of one rule in one scenario, over all its runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..alerting import Score
from ..metrics import quantile
from ..part import Estimate
from ..scoring.estimates import stated
from ..statistics.bootstrap import bca
from ..statistics.counted import share
from .judging import Judged
from .sensitivity import monthly


def score(rule: str, scenario: str, runs: Sequence[Judged], cannot: Sequence[str]) -> Score:
    """`runs`: what the rule made of each seed."""
    found = [each for judged in runs for each in judged.found]
    seen = [each for each in found if math.isfinite(each.delay)]
    resets = [each.reset for each in seen if each.reset is not None]
    right = [each.is_right for each in seen if each.is_right is not None]
    return Score(
        rule=rule,
        scenario=scenario,
        troubles=len(found),
        recall=stated(share(len(seen), len(found))) if found else None,
        delay=_mean([each.delay for each in seen]),
        delay_p95=quantile(sorted(each.delay for each in found), 0.95) if found else None,
        reset=_mean(resets),
        diagnosed=stated(share(sum(right), len(right))) if right else None,
        false_alarms=monthly(sum(each.cried for each in runs), sum(each.calm for each in runs)),
        cannot=list(cannot),
    )


def _mean(seconds: Sequence[float]) -> Estimate | None:
    if not seconds:
        return None
    found = stated(bca(seconds))
    return found if found.low is None else found.model_copy(update={"low": max(0.0, found.low)})
