"""The answer begins, then nothing more comes: silent, or behind what keeps a read timeout from firing."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..moments import AfterTokens, Moment
from ..plan import RELEASE, Admit, Finish, Plan, Release, is_in_stream
from ..plan import Stall as StallStep
from ..units import Duration
from .base import Fault


class Stall(Fault):
    """Content stops at the moment given, for a time or for ever. The stall is on the way to the client: the slot is
    given back, as the service has done its part."""

    kind: Literal["stall"] = "stall"
    at: Moment = AfterTokens(tokens=3)
    seconds: Annotated[
        Duration | None, Field(alias="for", description="after that the rest comes; not given: never")
    ] = None
    pings: Annotated[Duration | None, Field(gt=0, description="a `ping` event this often while content stalls")] = None
    comments: Annotated[
        Duration | None, Field(gt=0, description="the same with a comment, which parsers of events pass over")
    ] = None
    example: ClassVar[dict[str, Any]] = {"kind": "stall", "at": {"tokens": 3}, "for": "90s", "pings": "10s"}

    @model_validator(mode="after")
    def _says_one_thing(self) -> Stall:
        if self.pings is not None and self.comments is not None:
            raise ValueError("pings and comments exclude each other")
        return self

    def instead(self, rest: Plan) -> Plan | None:
        if not any(isinstance(step, Admit | Finish) for step in rest):
            return None  # already broken
        pings = (self.pings or self.comments) if is_in_stream(rest) else None  # it takes a stream to send them in
        after = () if self.seconds is None else tuple(step for step in rest if not isinstance(step, Release))
        return (RELEASE, StallStep(self.seconds, pings, self.comments is not None and pings is not None), *after)
