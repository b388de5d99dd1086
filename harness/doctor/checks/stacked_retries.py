"""Retries around retries: they multiply, and neither knows of the other."""

from __future__ import annotations

from collections.abc import Iterator

from brownout.harness.policies.layers.hedge import Hedge
from brownout.harness.policies.layers.retry import Retry
from brownout.harness.policies.layers.sdk import Sdk

from ..check import Check, Found, plural
from ..figures import Factor, factors, product
from ..finding import Proof
from ..proving import SDK_CAUSES, ended, only_call, played, quick_fault, requests
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
        what = f"{' x '.join(each.words for each in found)} = {plural(product(found), 'request')} for one call."
        yield Found(
            what,
            "- sdk: {max_retries: 0}" if is_of_sdk else _fix(found, subject),
            subject.at(found[-1].layer, "max_retries") if is_of_sdk else subject.at(found[-1].layer),
            code="Anthropic(max_retries=0)" if is_of_sdk else "",
            severity="error" if is_of_sdk or len(retries) > 1 else "warning",
        )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A call whose requests all fail at once, in a way that all of them try again."""
        causes: tuple[str, ...] = SDK_CAUSES
        for _, retry in subject.each(Retry):
            causes = tuple(cause for cause in causes if cause in retry.on)
        fault = quick_fault(subject, causes)
        if fault is None:
            return None
        each = factors(subject.layers)
        call = only_call(played(subject, fault[0], seconds=7 * 86_400.0))
        seen = f"When every request was {fault[1]}, {requests(call.attempts)} for one call, and {ended(call, 604_800)}."
        is_cut = call.outcome in ("deadline", "timeout", "status", "connection") and call.attempts < product(each)
        if is_cut:
            seen += " A limit or a budget ended it before the last of them."
        return Proof(seen, call.attempts == product(each) or (is_cut and call.attempts > max(f.times for f in each)))


def _is_bounded(layer: object) -> bool:
    return (isinstance(layer, Retry) and layer.budget is not None) or (
        isinstance(layer, Hedge) and layer.share is not None
    )


def _fix(found: list[Factor], subject: Subject) -> str:
    hedges = next((each for each in subject.layers if isinstance(each, Hedge)), None)
    return "one retry layer, and no other inside it" if hedges is None else "- hedge: {after: 10s, share: 5%}"
