"""What alert rules are worth: what to have, how soon each calls somebody and how often for nothing, what each is."""

from __future__ import annotations

import math

from brownout.harness.alerting import AlertsFile, Point, Recommended, Score, WatchedScenario
from brownout.harness.part import Estimate

from ..charts import alerts as charts
from ..charts.theme import Colours
from ..table import Table

_NOTHING = "–"


def spell(seconds: float) -> str:
    """In the unit in which people would say it."""
    for least, per, unit in ((172_800.0, 86_400.0, "d"), (7200.0, 3600.0, "h"), (90.0, 60.0, "min")):
        if seconds >= least:
            return "never" if math.isinf(seconds) else f"{seconds / per:.3g} {unit}"
    return f"{seconds:.3g} s"


def recommended(found: Recommended, wanted: float) -> Table:
    """The set to have."""
    return Table(
        "What to have",
        f"The set that misses the least time of trouble with at most {_alarms(wanted)} in 30 days, of all "
        f"that can be made of up to three of the rules, each easier or harder to set off: {found.why}. The files are "
        "in the folder rules beside this report. A false alarm counts anew with every day that it goes on; days on "
        "which a rule was still learning count for nothing.",
        ("rule", "as hard to set off", "false alarms a month", "95% interval"),
        (
            *(
                (each.rule, f"x{each.times:g}", _rate(each.false_alarms), _bounds(each.false_alarms))
                for each in found.rules
            ),
            ("together", "", _rate(found.false_alarms), _bounds(found.false_alarms)),
        ),
        frozenset(each.rule for each in found.rules),
    )


def delays(found: Recommended) -> Table:
    """Of the set that is recommended."""
    return Table(
        "How soon the set calls somebody",
        "The mean over all troubles of a scenario; one that no rule found rightly counts as its length.",
        ("scenario", "mean delay"),
        tuple((name, spell(delay)) for name, delay in found.delays.items()),
    )


def alone(found: AlertsFile) -> Table:
    """Every rule by itself, as hard to set off as the false alarms that can be borne allow."""
    wrong = [each.name for each in found.scenarios if each.troubles]
    rows = []
    for each in found.curves:
        point = each.at(found.wanted)
        if point is None:
            rate = f"more than {found.wanted:g}" if each.points else "unknown"
            rows.append((each.rule, _NOTHING, rate, *(_NOTHING for _ in wrong)))
        else:
            rows.append((each.rule, f"x{point.times:g}", _rate(point.false_alarms), *(_seen(point, n) for n in wrong)))
    return Table(
        f"Each rule at {_alarms(found.wanted)} a month",
        "As easy to set off as it may be. The mean delay in each scenario with trouble, one that was not found, or was "
        "mistaken for another's, counting as its length; then how often it was said rightly whose it was.",
        ("rule", "as hard to set off", "false alarms a month", *wrong),
        tuple(rows),
    )


def _seen(point: Point, scenario: str) -> str:
    """Of one scenario: how soon, and whether it said why."""
    if scenario not in point.right:
        return "not found"
    return f"{spell(point.delays[scenario])}, right {point.right[scenario]:.0%}"


def scores(found: AlertsFile, scenario: WatchedScenario, colours: Colours) -> Table:
    """Every rule in one scenario, as its file has it."""
    rows = [each for each in found.scores if each.scenario == scenario.name]
    seeds = len(found.seeds)
    calls = f"{scenario.calls:,} calls in {seeds} x {scenario.days:.4g} days"
    if not scenario.troubles:
        return Table(
            scenario.name,
            f"{scenario.about} {calls}.",
            ("rule", "false alarms a month", "95% interval"),
            tuple((each.rule, _rate(each.false_alarms), _bounds(each.false_alarms)) for each in rows),
            frozenset(each.rule for each in rows if each.false_alarms is not None and not each.false_alarms.value),
        )
    whose = " and ".join(scenario.causes)
    return Table(
        scenario.name,
        f"{scenario.about} {calls}, {_troubles(scenario.troubles * seeds)} {whose}.",
        (
            "rule",
            "found",
            "mean delay",
            "95% interval",
            "p95",
            "goes on for",
            "said whose it is",
            "false alarms a month",
        ),
        tuple(_row(each) for each in rows),
        _quickest(rows),
        chart=charts.tradeoff(found, scenario, colours),
    )


def _alarms(count: float) -> str:
    return f"{count:g} false alarm{'' if count == 1.0 else 's'}"


def _troubles(count: int) -> str:
    return f"{count} trouble{'' if count == 1 else 's'}, of the"


def _row(each: Score) -> tuple[str, ...]:
    return (
        each.rule,
        _share(each.recall),
        spell(each.delay.value) if each.delay is not None else _NOTHING,
        _times(each.delay),
        spell(each.delay_p95) if each.delay_p95 is not None else _NOTHING,
        spell(each.reset.value) if each.reset is not None else _NOTHING,
        _share(each.diagnosed),
        _rate(each.false_alarms),
    )


def _quickest(rows: list[Score]) -> frozenset[str]:
    """Of those that found as much as any."""
    most = max((each.recall.value for each in rows if each.recall is not None), default=0.0)
    able = [each for each in rows if most > 0.0 and each.recall is not None and each.recall.value == most]
    least = min((each.delay.value for each in able if each.delay is not None), default=None)
    return frozenset(each.rule for each in able if each.delay is not None and each.delay.value == least)


def cannot(found: AlertsFile) -> Table | None:
    """Rules that could not fire, by their own numbers or because the trouble is too small for them."""
    rows = [(rule.name, "anywhere", why) for rule in found.rules for why in rule.never]
    rows += [(each.rule, each.scenario, why) for each in found.scores for why in each.cannot]
    if not rows:
        return None
    return Table(
        "What could not fire",
        "However long it had lasted: what a rule asks for is more than there was, or than there can be.",
        ("rule", "in", "why"),
        tuple(rows),
    )


def rules(found: AlertsFile) -> Table:
    """What was tried."""
    return Table(
        "The rules",
        "",
        ("rule", "kind", "severity", "about"),
        tuple((each.name, each.kind, each.severity, each.about) for each in found.rules),
        is_detail=True,
    )


def _share(found: Estimate | None) -> str:
    if found is None:
        return _NOTHING
    return f"{found.value:.0%}"


def _rate(found: Estimate | None) -> str:
    return _NOTHING if found is None else f"{found.value:.2f}"


def _bounds(found: Estimate | None) -> str:
    if found is None or found.low is None or found.high is None:
        return _NOTHING
    return f"{found.low:.2f} to {found.high:.2f}"


def _times(found: Estimate | None) -> str:
    if found is None or found.low is None or found.high is None:
        return _NOTHING
    return f"{spell(found.low)} to {spell(found.high)}"
