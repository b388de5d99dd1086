"""Who calls when, asking for what: drawn by label, so that every configuration under one seed meets the same calls."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from brownout.fakes.distributions import Durations, TokenCounts, seconds_always, tokens_always
from brownout.fakes.draws import Draws, call_label
from brownout.fakes.latency import sampler
from brownout.fakes.units import Duration, Rate, Share, TokenCount

from .policies.call import Ask


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Poisson(_Value):
    """Calls come at random, whether earlier ones were answered or not. `rate` is that of all clients together."""

    kind: Literal["poisson"] = "poisson"
    rate: Annotated[Rate, Field(gt=0)]


class Steady(_Value):
    """Calls come evenly spaced, each client in its turn. `rate` is that of all clients together."""

    kind: Literal["steady"] = "steady"
    rate: Annotated[Rate, Field(gt=0)]


class Closed(_Value):
    """Each client calls, waits for what comes of it, thinks, and calls again."""

    kind: Literal["closed"] = "closed"
    think: Durations = seconds_always(1.0)


ARRIVALS: dict[str, type[BaseModel]] = {"poisson": Poisson, "steady": Steady, "closed": Closed}


class Calls(_Value):
    """What a call asks for, and by when its answer is of use."""

    deadline: Annotated[Duration, Field(gt=0, description="from the moment the call was meant to be sent")] = 90.0
    stream: Annotated[Share, Field(description="how many of the calls stream")] = 0.0
    input_tokens: TokenCounts = tokens_always(1000)
    output_tokens: TokenCounts = tokens_always(300)
    max_tokens: Annotated[TokenCount, Field(gt=0)] = 8192
    limit: Annotated[int | None, Field(gt=0, description="calls of each client at the most")] = None


class Workload:
    """The calls of `clients` clients under one seed, until `horizon` (seconds)."""

    def __init__(
        self, arrivals: Poisson | Steady | Closed, calls: Calls, clients: int, horizon: float, seed: int
    ) -> None:
        self._arrivals, self._calls = arrivals, calls
        self.clients = clients
        self.horizon = horizon
        self.is_open = not isinstance(arrivals, Closed)
        self._is_random = isinstance(arrivals, Poisson)
        self._spacing = None if isinstance(arrivals, Closed) else clients / arrivals.rate
        self._gaps = Draws(seed, "arrivals")
        self._think = sampler(arrivals.think, Draws(seed, "think")) if isinstance(arrivals, Closed) else None
        self._input_tokens = sampler(calls.input_tokens, Draws(seed, "input tokens"))
        self._stream = Draws(seed, "stream")

    def first(self, client: int) -> float | None:
        """When a client calls for the first time."""
        match self._arrivals:
            case Steady(rate=rate):
                return self._within(client / rate, 0)
            case Poisson():
                return self.following(client, -1, 0.0)
            case Closed():
                # Half a think time, so that the clients do not all begin at once.
                return self._within(0.5 * self._pause(client, 0), 0)

    def following(self, client: int, call: int, since: float) -> float | None:
        """When a client calls again: `since` is when call number `call` was meant to be sent, if arrivals are open,
        and when it ended, if they are closed. None: no more."""
        if self._spacing is None:
            gap = self._pause(client, call + 1)
        elif self._is_random:
            gap = -math.log1p(-self._gaps.uniform(call_label(client, call + 1))) * self._spacing
        else:
            gap = self._spacing
        return self._within(since + gap, call + 1)

    def _pause(self, client: int, call: int) -> float:
        assert self._think is not None
        return self._think(call_label(client, call))

    def _within(self, at: float, call: int) -> float | None:
        is_more = at < self.horizon and (self._calls.limit is None or call < self._calls.limit)
        return at if is_more else None

    def ask(self, client: int, call: int, intended: float) -> Ask:
        """What the call asks for."""
        calls, label = self._calls, call_label(client, call)
        is_stream = calls.stream > 0.0 and (calls.stream >= 1.0 or self._stream.uniform(label) < calls.stream)
        tokens = max(1, round(self._input_tokens(label)))
        return Ask(client, call, intended, calls.deadline, is_stream, tokens, calls.max_tokens)
