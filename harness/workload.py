"""Who calls when, asking for what: drawn by label, so that every configuration under one seed meets the same calls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from brownout.fakes.distributions import Durations, TokenCounts, seconds_always, tokens_always
from brownout.fakes.draws import Draws, call_label
from brownout.fakes.latency import sampler
from brownout.fakes.mix import Mix
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


DEADLINES: dict[str, float] = {"chat": 90.0, "background": 300.0, "realtime": 30.0, "agentic": 180.0}
"""Profile -> default deadline in seconds: the longest that practice gives each kind of call, as people wait 60 to 90 s
for a chat, a job in the background 120 to 300 s, a caller in real time 15 to 30 s, a turn of an agent 120 to 180 s."""
Profile = Literal["chat", "background", "realtime", "agentic"]


class Calls(_Value):
    """A kind of call: what it asks for, and by when its answer is of use."""

    profile: Annotated[Profile, Field(description="sets the deadline; a client may treat each profile differently")] = (
        "chat"
    )
    share: Annotated[Share, Field(gt=0, description="how many of the calls are of this kind")] = 1.0
    deadline: Annotated[
        Duration, Field(gt=0, description="from the moment the call was meant to be sent; 90s is that of `chat`")
    ] = 90.0
    caller_timeout: Annotated[
        Duration | None, Field(gt=0, description="when whoever waits for the call leaves; the program does not hear it")
    ] = None
    stream: Annotated[Share, Field(description="how many of the calls stream")] = 0.0
    input_tokens: TokenCounts = tokens_always(1000)
    output_tokens: TokenCounts = tokens_always(300)
    max_tokens: Annotated[TokenCount, Field(gt=0)] = 8192
    first_text_within: Annotated[
        Duration | None, Field(gt=0, description="a streamed answer is of use only if its first text comes within this")
    ] = None
    gap_within: Annotated[
        Duration | None, Field(gt=0, description="and only if it never falls silent for longer than this")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _deadline_of_profile(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(profile := given.get("profile"), str) and profile in DEADLINES:
            return {"deadline": f"{DEADLINES[profile]:g}s"} | given
        return given


class Workload:
    """The calls of `clients` clients under one seed, until `horizon` (seconds)."""

    def __init__(
        self,
        arrivals: Poisson | Steady | Closed,
        kinds: Sequence[Calls],
        clients: int,
        horizon: float,
        seed: int,
        limit: int | None = None,
    ) -> None:
        self._arrivals, self._limit = arrivals, limit
        self._kinds = [(each, sampler(each.input_tokens, Draws(seed, "input tokens"))) for each in kinds]
        self._kind = Mix([each.share for each in kinds], seed).of
        self.clients = clients
        self.horizon = horizon
        self.is_open = not isinstance(arrivals, Closed)
        self._is_random = isinstance(arrivals, Poisson)
        self._spacing = None if isinstance(arrivals, Closed) else clients / arrivals.rate
        self._gaps = Draws(seed, "arrivals")
        self._think = sampler(arrivals.think, Draws(seed, "think")) if isinstance(arrivals, Closed) else None
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
        is_more = at < self.horizon and (self._limit is None or call < self._limit)
        return at if is_more else None

    def ask(self, client: int, call: int, intended: float) -> Ask:
        """What the call asks for."""
        label = call_label(client, call)
        calls, input_tokens = self._kinds[self._kind(label)]
        is_stream = calls.stream > 0.0 and (calls.stream >= 1.0 or self._stream.uniform(label) < calls.stream)
        tokens = max(1, round(input_tokens(label)))
        return Ask(
            client,
            call,
            intended,
            calls.deadline,
            is_stream,
            tokens,
            calls.max_tokens,
            calls.profile,
            calls.caller_timeout,
        )
