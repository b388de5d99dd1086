"""The set of rules to have: that misses the least time of trouble, with no more false alarms than are wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from ..alerting import Chosen, Recommended
from ..files.writing import written
from ..part import Estimate
from .file import RuleFile
from .sensitivity import MONTH, Variant, Worth, by_scenario, missed, monthly

MOST = 3
"""Rules of a set: more than anybody keeps in mind at night."""
WORTH_ONE_MORE = 0.005
"""Of the time of trouble: what another rule has to save, to be had."""


def recommended(found: Sequence[Worth], wanted: float, names: Sequence[str]) -> Recommended | None:
    """`wanted`: false alarms in 30 days, of all rules together. None where nothing was calm, or nothing wrong."""
    calm = max((each.calm for each in found), default=0.0)
    if calm <= 0.0 or not found[0].scenarios:
        return None
    able = [each for each in found if each.rate <= wanted and min(each.unnoticed) < 1.0]
    by_rule = [[each for each in able if each.variant.place == place] for place in range(len(names))]
    best: tuple[Worth, ...] = ()
    least = 1.0
    for size in range(1, MOST + 1):
        better = min(_sets(by_rule, size, wanted), key=lambda each: (each[0], each[1]), default=None)
        if better is not None and better[0] < least - WORTH_ONE_MORE:
            least, _, best = better
    if not best:
        return Recommended(
            rules=[],
            false_alarms=_together((), calm),
            unnoticed=1.0,
            delays={},
            why="no rule finds any of the trouble with so few false alarms",
        )
    return _said(best, names)


def _sets(
    by_rule: Sequence[Sequence[Worth]], size: int, most: float
) -> Iterator[tuple[float, float, tuple[Worth, ...]]]:
    """Every set of so many rules with few enough false alarms: what it misses, its false alarms a month, itself."""
    for rules in combinations([_front(each) for each in by_rule if each], size):
        for chosen in product(*rules):
            rate = sum(each.rate for each in chosen)
            if rate <= most:
                yield missed(chosen[0].scenarios, _first(chosen, "unnoticed")), rate, chosen


def _front(variants: Sequence[Worth]) -> list[Worth]:
    """Those than which no other has both fewer false alarms and less of the time missed, in every trouble."""

    def beats(one: Worth, other: Worth) -> bool:
        if one.rate > other.rate or one is other:
            return False
        pairs = list(zip(one.unnoticed, other.unnoticed, strict=True))
        if any(a > b for a, b in pairs):
            return False
        return one.rate < other.rate or any(a < b for a, b in pairs) or one.variant.times > other.variant.times

    return [each for each in variants if not any(beats(other, each) for other in variants)]


def _first(chosen: Sequence[Worth], what: str) -> list[float]:
    """Of each trouble what the quickest of the rules made of it."""
    return [min(each) for each in zip(*(getattr(worth, what) for worth in chosen), strict=True)]


def _together(chosen: Sequence[Worth], calm: float) -> Estimate:
    """Of several rules, whose months of calm differ: as of so many as their false alarms and their rates come to."""
    false, rate = sum(each.false for each in chosen), sum(each.rate for each in chosen)
    found = monthly(false, MONTH * false / rate if false else min((each.calm for each in chosen), default=calm))
    assert found is not None
    return found


def _as_set(variant: Variant) -> RuleFile:
    """Its file, under a name and with words that say what was changed."""
    if variant.times == 1.0:
        return variant.file
    by = f"x{variant.times:g}"
    name = f"{variant.file.name[:50]}-{by.replace('.', '-')}"
    about = f"{variant.file.about} Here {by} as hard to set off.".strip()
    return variant.file.model_copy(update={"name": name, "about": about})


def _said(best: Sequence[Worth], names: Sequence[str]) -> Recommended:
    scenarios = best[0].scenarios
    delays = by_scenario(scenarios, _first(best, "delays"))
    lost = missed(scenarios, _first(best, "unnoticed"))
    each_alone = [(missed(scenarios, each.unnoticed), names[each.variant.place]) for each in best]
    alone = "" if len(best) == 1 else "; alone " + ", ".join(f"{name} {share:.1%}" for share, name in each_alone)
    return Recommended(
        rules=[
            Chosen(
                rule=names[each.variant.place],
                name=(file := _as_set(each.variant)).name,
                times=each.variant.times,
                false_alarms=_together((each,), each.calm),
                text=written(file),
            )
            for each in best
        ],
        false_alarms=_together(best, best[0].calm),
        unnoticed=lost,
        delays=delays,
        why=f"of a trouble's time {lost:.1%} goes by before anybody is rightly called{alone}",
    )
