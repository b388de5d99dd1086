"""How long the service takes when nothing is wrong: the way there, the first token, the gaps between tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .distributions import Constant, Durations, LogNormal, TokenCounts, seconds_always
from .draws import Draws
from .units import Duration, Size

BYTES_PER_TOKEN = 4
"""What a token of English weighs, by the service's own rule of thumb."""

PROFILES: dict[str, dict[str, Any]] = {
    # First tokens: medians and 95th percentiles of public probes, one every 5 minutes over 24 hours (288 each, so
    # nothing is known beyond p95). Gaps: published output speeds of 68, 63 and 45 tokens/s; that the slowest 5% of
    # answers run at two thirds of the median speed is our assumption.
    "haiku": {
        "first_token": {"median": "541ms", "p95": "1591ms"},
        "token_gap": {"median": "14.7ms", "p95": "22ms"},
    },
    "sonnet": {
        "first_token": {"median": "941ms", "p95": "2939ms"},
        "token_gap": {"median": "15.9ms", "p95": "23.8ms"},
    },
    "opus": {
        "first_token": {"median": "1626ms", "p95": "2420ms"},
        "token_gap": {"median": "22.2ms", "p95": "33.3ms"},
    },
}


class Latency(BaseModel):
    """The latency of one answer. Draws are per attempt, so that a retry meets a fresh one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Annotated[
        Literal["haiku", "sonnet", "opus"] | None, Field(description="a model's measured figures, as a start")
    ] = None
    round_trip: Annotated[Durations, Field(description="network, there and back")] = seconds_always(0.04)
    connect_round_trips: Annotated[int, Field(ge=0, description="to open a connection: TCP one, TLS 1.3 one more")] = 2
    upload_per_second: Annotated[Size, Field(gt=0, description="bandwidth of the request's way")] = 4_000_000
    first_token: Annotated[Durations, Field(description="from admission to the first token")] = seconds_always(1.0)
    per_input_token: Annotated[Duration, Field(description="added to the first token by each token of the prompt")] = (
        0.0
    )
    token_gap: Annotated[Durations, Field(description="between two tokens; one draw for a whole answer")] = (
        seconds_always(0.016)
    )

    @model_validator(mode="before")
    @classmethod
    def _start_from_profile(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("profile"), str):
            return PROFILES.get(given["profile"], {}) | given
        return given


Sampler = Callable[[int], float]


def sampler(spread: Durations | TokenCounts, draws: Draws) -> Sampler:
    """Label -> figure. A constant costs no draw."""
    if isinstance(spread, Constant):
        value = float(spread.root)
        return lambda label: value
    if isinstance(spread, LogNormal):  # the usual case, on the simulator's hot path: four calls less
        return draws.log_normal(spread.median, spread.sigma)
    at, uniform = spread.at, draws.uniform
    return lambda label: at(uniform(label))


def is_nothing(spread: Durations) -> bool:
    """Whether it is never any time at all."""
    return isinstance(spread, Constant) and spread.root == 0.0


class LatencyDraws:
    """The latency model under one seed. Every method maps an identity's label to seconds."""

    def __init__(self, model: Latency, seed: int) -> None:
        self._trips_of_fresh = 0.5 + model.connect_round_trips
        self._per_input_token = model.per_input_token
        self._upload_per_token = BYTES_PER_TOKEN / model.upload_per_second
        self.round_trip = sampler(model.round_trip, Draws(seed, "round trip"))
        self._first_token = sampler(model.first_token, Draws(seed, "first token"))
        self.token_gap = sampler(model.token_gap, Draws(seed, "token gap"))
        spreads = (model.round_trip, model.first_token, model.token_gap)
        self.is_none = not model.per_input_token and all(is_nothing(spread) for spread in spreads)
        """Whether nothing takes any time, but for the upload."""

    def inbound(self, round_trip: float, input_tokens: int, is_fresh: bool) -> float:
        """From the client's send to admission; opening the connection is counted here, on every backend alike."""
        trips = self._trips_of_fresh if is_fresh else 0.5
        return trips * round_trip + input_tokens * self._upload_per_token

    def upload(self, input_tokens: int) -> float:
        """For the bytes of the prompt to come through."""
        return input_tokens * self._upload_per_token

    def first_token(self, label: int, input_tokens: int) -> float:
        """From the slot to the first token, on an idle service."""
        return self._first_token(label) + input_tokens * self._per_input_token
