"""Retries around retries: they multiply, and neither knows of the other."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.hedge import Hedge
from ...policies.layers.retry import Retry
from ...policies.layers.sdk import Sdk
from ..check import Check, Found, plural
from ..factors import Factor, factors, product
from ..finding import Proof
from ..proving import SDK_CAUSES, Failure, ended, only_call, played, quick_failure, reckoned, requests
from ..subject import Subject


class StackedRetries(Check):
    """Layers that ask again stand inside each other, so that their tries multiply. An error where the SDK retries
    beneath a layer of one's own: two loops that know neither each other's waits nor a budget. A warning where hedges
    do, and neither a `share` of the calls nor a `budget` bounds both together."""

    id = "stacked-retries"
    severity = "error"
    example = "layers: [{deadline: {total: 60s}}, {retry: {retries: 3}}, {content_gap: {limit: 20s}}, sdk]"

    def look(self, subject: Subject) -> Iterator[Found]:
        layers = subject.layers
        found = [each for each in factors(layers) if isinstance(layers[each.layer], Retry | Sdk | Hedge)]
        if len(found) < 2:
            return
        is_of_sdk = isinstance(layers[found[-1].layer], Sdk)
        retries = [each for each in found if isinstance(layers[each.layer], Retry)]
        if not is_of_sdk and len(retries) < 2 and any(_is_bounded(layers[each.layer]) for each in found):
            return
        told = f"{' x '.join(each.words for each in found)} = {plural(product(found), 'request')} for one call"
        reached = reckoned(subject, failure) if (failure := _failure(subject)) else None
        if reached is not None and reached[1] <= max(each.times for each in found):
            return  # a limit or a budget ends the call before one multiplies the other
        if reached is not None and reached[1] < product(found):
            told += f", of which limits and budgets leave {reached[1]}"
        yield Found(
            f"{told}.",
            "- sdk: {max_retries: 0}" if is_of_sdk else _fix(found, subject),
            subject.at(found[-1].layer, "max_retries") if is_of_sdk else subject.at(found[-1].layer),
            code="Anthropic(max_retries=0)" if is_of_sdk else "",
            severity="error" if is_of_sdk or len(retries) > 1 else "warning",
        )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A call whose requests all fail at once, in a way that all of them try again."""
        failure = _failure(subject)
        reached = None if failure is None else reckoned(subject, failure)
        if failure is None or reached is None:
            return None
        call = only_call(played(subject, failure.fault, seconds=7 * 86_400.0))
        sent, end = requests(call.attempts), ended(call, 7 * 86_400.0)
        seen = f"When every request was {failure.words}, {sent} for one call, and {end}."
        return Proof(seen, reached[0] <= call.attempts <= reached[1])


def _failure(subject: Subject) -> Failure | None:
    """One that all of them try again."""
    causes: tuple[str, ...] = SDK_CAUSES
    for _, retry in subject.each(Retry):
        causes = tuple(cause for cause in causes if cause in retry.on or not retry.retries)
    return quick_failure(subject, causes)


def _is_bounded(layer: object) -> bool:
    return (isinstance(layer, Retry) and layer.budget is not None) or (
        isinstance(layer, Hedge) and layer.share is not None
    )


def _fix(found: list[Factor], subject: Subject) -> str:
    hedges = next((each for each in subject.layers if isinstance(each, Hedge)), None)
    return "one retry layer, and no other inside it" if hedges is None else "- hedge: {after: 10s, share: 5%}"
