"""Retries of what cannot have changed yet, or never comes."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.breaker import Breaker
from ..asking import retries_of_ones_own
from ..check import Check, Found, span
from ..figures import OVERLOADED, spent
from ..finding import Proof
from ..proving import only_call, played
from ..subject import Subject


class FutileRetries(Check):
    """`breaker_open` is among the causes of a `retry`, and all its waits together are shorter than the breaker inside
    it is open for: every retry is turned away, too. Or there is no breaker inside it at all."""

    id = "futile-retries"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 2, on: [timeout, rate_limit, overloaded, stream_before_text, breaker_open]}
  - breaker: {failures: 5, open_for: 30s}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        for i, retry in retries_of_ones_own(subject):
            if "breaker_open" not in retry.on:
                continue
            open_for = min((layer.open_for for j, layer in subject.each(Breaker) if j > i), default=None)
            plain = retry.model_copy(update={"on": ("overloaded",), "budget": None, "within": None})
            once = subject.sdk.model_copy(update={"max_retries": 0})
            waits = spent((plain, once), OVERLOADED, 0.0).seconds
            if open_for is None:
                what = "`breaker_open` is tried again, and no breaker stands inside this layer: it never comes."
            elif waits < open_for:
                what = (
                    f"`breaker_open` is tried again up to {retry.retries} times within {span(waits)}, and the breaker "
                    f"is open for {span(open_for)} ({span(waits)} < {span(open_for)}): all of them are turned away."
                )
            else:
                continue
            on = ", ".join(cause for cause in retry.on if cause != "breaker_open")
            yield Found(what, f"- retry: {{on: [{on}]}}", subject.at(i, "on"), on_key=False, index=i)

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """Calls that open the breaker, and one more."""
        if not any(j > found.index for j, _ in subject.each(Breaker)):
            return None
        ledger = played(subject, {"kind": "overload"}, seconds=600.0, calls=50, every=0.001)
        turned = [call for call in ledger.calls if call.outcome == "breaker_open"]
        if not turned:
            call = only_call(played(subject, {"kind": "overload"}, seconds=600.0))
            return Proof(f"The breaker did not open; the call ended with {call.outcome}.", False)
        sent = sum(call.attempts for call in turned[-10:])
        seen = f"{len(turned)} calls were turned away; the last {len(turned[-10:])} of them sent {sent} requests."
        return Proof(seen, sent == 0)
