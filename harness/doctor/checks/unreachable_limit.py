"""A limit longer than the one around it: it never fires, and whoever relies on it is misled."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.carried import CarriedLimit
from ...policies.layers.attempt_timeout import AttemptTimeout
from ...policies.layers.hedge import Hedge
from ...policies.totals import TotalLimit
from ..check import Check, Found, span
from ..finding import Proof
from ..proving import only_call, played, requests
from ..subject import Subject


class UnreachableLimit(Check):
    """A limit inside a `deadline` or an `attempt_timeout` is longer than that, so that it never fires: what it was to
    notice (silence, a late first token, a hedge to send) is noticed by nobody. The read timeout has a finding of its
    own, `retries-cannot-fit`."""

    id = "unreachable-limit"
    severity = "warning"
    example = "layers: [{deadline: {total: 60s}}, {content_gap: {limit: 90s}}, {sdk: {max_retries: 0}}]"

    def look(self, subject: Subject) -> Iterator[Found]:
        outer: tuple[str, float] | None = None
        for i, layer in enumerate(subject.layers):
            match layer:
                case CarriedLimit(limit=limit):
                    name, key = f"{layer.name.replace('_', ' ')} limit", "limit"
                case AttemptTimeout(total=limit):
                    name, key = "attempt timeout", "total"
                case Hedge(after=limit):
                    name, key = "hedge after", "after"
                case _:
                    name, key, limit = "", "", 0.0
            if name and outer is not None and limit >= outer[1]:
                yield Found(
                    f"The {name} of {span(limit)} never fires: the {outer[0]} of {span(outer[1])} around it ends first "
                    f"({span(limit)} >= {span(outer[1])}).",
                    f"- {layer.name}: {{{key}: {span(_half(outer[1]))}}}",
                    subject.at(i, key),
                    on_key=False,
                    index=i,
                )
            if isinstance(layer, TotalLimit) and (outer is None or layer.total < outer[1]):
                outer = layer.name.replace("_", " "), layer.total

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A stream that falls silent behind pings: whose limit ends it."""
        layer = subject.layers[found.index]
        if sum(each.name == layer.name for each in subject.layers) > 1:
            return None  # nobody could tell whose it was
        is_gap = isinstance(layer, CarriedLimit) and layer.carries == "gap"
        if isinstance(layer, Hedge):
            call = only_call(played(subject, {"kind": "no_answer"}, seconds=86_400.0))
            hedges = sum(1 for _ in subject.each(Hedge))
            seen = f"Of a service that never answered, {requests(call.attempts)}, and no hedge."
            return Proof(seen, hedges == 1 and call.outcome in ("deadline", "timeout"))
        pings = f"{max(subject.read / 2.0, 0.001):.3f}s"
        at = {"tokens": 1} if is_gap else {"tokens": 0}
        ledger = played(subject, {"kind": "stall", "at": at, "pings": pings}, seconds=86_400.0, stream=True)
        phase = {"gap": "gap"}.get(getattr(layer, "carries", ""), layer.name)
        fired = [each for each in ledger.attempts if each.phase == phase]
        call = only_call(ledger)
        seen = f"A stream that fell silent behind pings ended with {call.outcome}; the limit fired {len(fired)} times."
        return Proof(seen, not fired)


def _half(seconds: float) -> float:
    return round(seconds / 3.0, 1) if seconds < 30 else float(seconds // 3)
