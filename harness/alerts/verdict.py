"""What rules are worth, in a sentence or two."""

from __future__ import annotations

from collections.abc import Sequence

from ..alerting import Recommended, Score, WatchedRule

ENOUGH = 3.0
"""False alarms that a rule with as many as are wanted would have had: with fewer it may have had none by luck."""


def verdict(
    rules: Sequence[WatchedRule], scores: Sequence[Score], found: Recommended | None, wanted: float, calm: float
) -> str:
    """What to have, then what is wrong with what there is. `calm`: months without trouble."""
    return " ".join((*_set(found, wanted), *_unsure(found, wanted, calm), *_never(rules), *_deaf(rules, scores)))


def _unsure(found: Recommended | None, wanted: float, calm: float) -> list[str]:
    if found is None or wanted * calm >= ENOUGH:
        return []
    return [f"That is not sure: {calm * 30:.3g} days without trouble are too few for alarms so rare. Play more seeds."]


def _set(found: Recommended | None, wanted: float) -> list[str]:
    if found is None:
        return ["Without both calm and trouble in the scenarios, no set of rules can be recommended."]
    limit = f"{wanted:g} false alarm{'' if wanted == 1.0 else 's'} a month"
    if not found.rules:
        return [f"At {limit} {found.why}."]
    names = " and ".join(each.rule for each in found.rules)
    return [f"At {limit}: {names}; {found.why}."]


def _never(rules: Sequence[WatchedRule]) -> list[str]:
    dead = [rule.name for rule in rules if rule.never]
    whose = "its" if len(dead) == 1 else "their"
    return [f"{', '.join(dead)}: in part can never fire, by {whose} own numbers."] if dead else []


def _deaf(rules: Sequence[WatchedRule], scores: Sequence[Score]) -> list[str]:
    """Rules that found nothing anywhere."""
    deaf = []
    for rule in rules:
        of_it = [each for each in scores if each.rule == rule.name and each.recall is not None]
        if of_it and all(each.recall is not None and each.recall.value == 0.0 for each in of_it):
            deaf.append(rule.name)
    whose = "its file has it" if len(deaf) == 1 else "their files have them"
    return [f"{', '.join(deaf)}: found none of the trouble, as {whose}."] if deaf else []
