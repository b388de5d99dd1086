"""What the server did, as counts: kept as requests come to their end, in as much memory however many there are."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

from brownout.fakes.billing import Billing
from brownout.fakes.journal import Besides, Served, TurnedAway

from ..monitoring.tick import BOUNDS

MOST_MODELS = 50
"""Names of models are whatever clients send: those that come after so many are counted together."""
OTHER, NONE = "other", "none"


class Kind(NamedTuple):
    """Of a request. `status`: none where no answer began; `fault`: the kind of the one that took effect."""

    model: str
    status: str
    fault: str


class Answers:
    """How long whole answers took, from the arrival of the request to their end, in seconds of the scenario."""

    __slots__ = ("places", "seconds")

    def __init__(self) -> None:
        self.places = [0] * (len(BOUNDS) + 1)
        """Answers between one of `BOUNDS` and the next; the last are beyond all of them."""
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        self.places[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class Counts:
    """Since the start."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """As at the start."""
        self.requests: Counter[Kind] = Counter()
        self.answers: dict[str, Answers] = {}
        """Model -> its whole answers. Has every model that was asked."""
        self.input_tokens: Counter[str] = Counter()
        """Model -> tokens that are billed."""
        self.output_tokens: Counter[str] = Counter()
        self.turned_away: Counter[str] = Counter()
        """Kind of fault -> connections that it did not let in."""

    def add(self, entry: Served | TurnedAway, besides: Besides, billing: Billing) -> None:
        """It has just come to its end. `billing`: what of it is billed."""
        if isinstance(entry, TurnedAway):
            self.turned_away[besides.kind] += 1
            return
        model = besides.model
        if model not in self.answers and len(self.answers) >= MOST_MODELS:
            model = OTHER
        status = NONE if entry.status is None else str(entry.status)
        self.requests[Kind(model, status, besides.kind if entry.has_fired else NONE)] += 1
        answers = self.answers.setdefault(model, Answers())
        if entry.is_complete and entry.status == 200 and entry.ended is not None:
            answers.add(entry.ended - entry.arrived)
        given, made = billing.tokens(entry)
        self.input_tokens[model] += given
        self.output_tokens[model] += made
