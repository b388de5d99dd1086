"""The quotas as a scenario file has them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..units import Duration, Rate
from .acceleration import Acceleration
from .spending import Spending

Sharing = Literal["organisation", "key", "model", "key_and_model"]


class Limits(BaseModel):
    """The organisation's quotas: buckets that fill evenly. A request that does not fit into each of them gets a 429
    with `retry-after`, the whole seconds until it would at the earliest; one that is larger than its bucket never does,
    and hears no `retry-after`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: Annotated[Rate | None, Field(gt=0, description="requests per time; not given: no limit")] = None
    input_tokens: Annotated[
        Rate | None, Field(gt=0, description="prompts per time, charged when a request is let in; not given: no limit")
    ] = None
    output_tokens: Annotated[
        Rate | None,
        Field(
            gt=0,
            description="answers per time, charged as they are made, so that the bucket may be overdrawn: nobody is let"
            " in until a token is there again; not given: no limit",
        ),
    ] = None
    burst_over: Annotated[Duration, Field(gt=0, description="a bucket holds what comes in over this time")] = 60.0
    per: Annotated[
        Sharing,
        Field(
            description="who shares a bucket: everybody, whoever has the same API key, whoever asks for the same model "
            "(as at the service), or both"
        ),
    ] = "organisation"
    acceleration: Annotated[Acceleration | None, Field(description="how fast usage may grow; no limit")] = None
    spending: Annotated[
        Spending | None, Field(description="the monthly spend cap, beyond which every request fails; not given: none")
    ] = None
    early_retries: Annotated[
        Literal["as_others", "extend"],
        Field(
            description="what becomes of retries that come before `retry-after` allowed: they ask the buckets like all "
            "others; or after a 429 nobody is let in until its time is over, and each such retry starts it anew"
        ),
    ] = "as_others"

    @property
    def is_limited(self) -> bool:
        """Whether there is anything to ask."""
        given = (self.requests, self.input_tokens, self.output_tokens, self.acceleration, self.spending)
        return any(each is not None for each in given)

    def scaled(self, share: float) -> Limits:
        """Those of a service of that size: everything that is per time, and the month's money."""
        changed: dict[str, object] = _times(self, share, "requests", "input_tokens", "output_tokens")
        if self.acceleration is not None:
            rates = _times(self.acceleration, share, "requests", "input_tokens")
            changed["acceleration"] = self.acceleration.model_copy(update=rates)
        if self.spending is not None:
            changed["spending"] = self.spending.model_copy(update=_times(self.spending, share, "cap", "already"))
        return self.model_copy(update=changed)


def _times(model: BaseModel, share: float, *names: str) -> dict[str, object]:
    """Those of its fields that are given, multiplied."""
    given = ((name, getattr(model, name)) for name in names)
    return {name: value * share for name, value in given if value is not None}
