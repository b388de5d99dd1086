"""A kind of call: what it asks for, and by when its answer is of use."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from brownout.fakes.distributions import TokenCounts, tokens_always
from brownout.fakes.units import Duration, Share, TokenCount

DEADLINES: dict[str, float] = {"chat": 90.0, "background": 300.0, "realtime": 30.0, "agentic": 180.0}
"""Profile -> default deadline in seconds: the longest that practice gives each kind of call, as people wait 60 to 90 s
for a chat, a job in the background 120 to 300 s, a caller in real time 15 to 30 s, a turn of an agent 120 to 180 s."""
Profile = Literal["chat", "background", "realtime", "agentic"]


class Calls(BaseModel):
    """A kind of call: what it asks for, and by when its answer is of use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

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
    chain: Annotated[
        int,
        Field(
            ge=1,
            le=1000,
            description="steps, one after the other, that share the deadline: each begins when the one before was "
            "answered; those that are left when one fails, or the time is over, are lost, too",
        ),
    ] = 1
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

    @model_serializer(mode="wrap")
    def _brief(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without `chain` where there is none: scenarios from before there were chains are still the same ones."""
        written: dict[str, Any] = write(self)
        return written if self.chain > 1 else {key: written[key] for key in written if key != "chain"}
