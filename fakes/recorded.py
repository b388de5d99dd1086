"""How long the answers to recorded calls were: a replay of a trace gives every attempt at a call the same length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .draws import Identity


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answers to the calls of some clients: those numbered `first` to `first + clients - 1`, who make the recorded
    calls in turn."""

    first: int
    clients: int
    tokens: Sequence[int]
    steps: int = 1
    """Of a chain: each of them is as long."""

    def output_tokens(self, who: Identity) -> int | None:
        """How long the answer to a call is; None for a call that is not among these."""
        place = who.client - self.first
        at = who.call // self.steps * self.clients + place
        return self.tokens[at] if 0 <= place < self.clients and at < len(self.tokens) else None
