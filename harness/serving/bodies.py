"""What the control port takes: bodies and queries, as models. JSON, or YAML as in scenario files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, Strict, model_validator

from brownout.fakes.http.heads import LONGEST_TEST
from brownout.fakes.reply import StopReason
from brownout.fakes.units import Duration

from ..scenario import AnyFault, PhaseFile

Words = Annotated[str, Field(min_length=1)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScenarioBody(_Body):
    """Another scenario: one that is shipped, or the text of a file."""

    name: Annotated[Words | None, Field(description="as `brownout list` has it")] = None
    yaml: Annotated[Words | None, Field(description="the text of a scenario file")] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ScenarioBody:
        if (self.name is None) == (self.yaml is None):
            raise ValueError("expected either `name` or `yaml`")
        return self


class FaultBody(_Body):
    """A fault for the next requests."""

    fault: Annotated[AnyFault, Field(description="as in a scenario file")]
    times: Annotated[
        Annotated[int, Strict(), Field(ge=1)] | None,
        Field(description="for how many requests; null for all. Not given: one, or all while `for` lasts"),
    ] = 1
    seconds: Annotated[
        Duration | None,
        Field(alias="for", gt=0, description="lifted after so long, by the scenario's clock, which it starts"),
    ] = None
    key: Annotated[Words | None, Field(description="only requests with this API key; kept as a hash")] = None
    test: Annotated[
        Annotated[str, Field(min_length=1, max_length=LONGEST_TEST)] | None,
        Field(description="only requests with the header `x-brownout-test` of this value"),
    ] = None

    @property
    def lasts(self) -> bool:
        """Whether it is for all requests."""
        return self.times is None or (self.seconds is not None and "times" not in self.model_fields_set)


class PhasesBody(_Body):
    """What follows from now on, instead of the scenario's phases."""

    phases: Annotated[tuple[PhaseFile, ...], Field(min_length=1, description="as in `timeline` of a scenario file")]


class TextPart(_Body):
    """What is said."""

    type: Literal["text"]
    text: str


class ThinkingPart(_Body):
    """What is thought before."""

    type: Literal["thinking"]
    thinking: str


class ToolUsePart(_Body):
    """A call of a tool."""

    type: Literal["tool_use"]
    name: Words
    input: dict[str, Any] = {}
    id: Annotated[str, Field(description="not given: one is made of the rest")] = ""


Part = Annotated[TextPart | ThinkingPart | ToolUsePart, Field(discriminator="type")]


class ReplyBody(_Body):
    """A whole answer."""

    content: Annotated[tuple[Part, ...], Field(min_length=1)]
    stop_reason: Annotated[StopReason | None, Field(description="not given: what the content ends with")] = None
    stop_sequence: str | None = None
    usage: Annotated[dict[str, Any], Field(description="what `usage` has besides, or instead")] = {}


class WhenBody(_Body):
    """Which requests a rule is for: those of which all that is given is true."""

    contains: Annotated[Words | None, Field(description="in the text of the last message")] = None
    has_tool_result: Annotated[bool | None, Field(description="whether the last message has one")] = None
    model: Words | None = None


class RuleBody(_Body):
    """What certain requests are answered, as often as they come."""

    when: WhenBody
    reply: str | ReplyBody


class RepliesBody(_Body):
    """What is answered next, each once and in this order; then by the first rule that is for a request."""

    replies: tuple[str | ReplyBody, ...] = ()
    rules: tuple[RuleBody, ...] = ()

    @model_validator(mode="after")
    def _can_be_sent(self) -> RepliesBody:
        try:
            orjson.dumps(self.model_dump())
        except TypeError as error:  # nested too deep, a number too large, half a character
            raise ValueError(f"cannot be sent as JSON: {str(error).lower()}") from None
        return self


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class StateQuery(_Query):
    """Of whose quotas."""

    model: Annotated[str, Field(description="whose quotas are told, where each model has its own")] = ""


class OfTestQuery(_Query):
    """Whose."""

    test: Annotated[str | None, Field(description="only those for this test; not given: all")] = None


class PageQuery(OfTestQuery):
    """Which part of the journal."""

    after: Annotated[int, Field(ge=0, description="number of the last record that is known")] = 0
    limit: Annotated[int, Field(ge=1, le=1000, description="records at the most")] = 100


class StreamQuery(OfTestQuery):
    """From where on."""

    after: Annotated[int | None, Field(ge=0, description="not given: only what is yet to come")] = None


class ScenarioQuery(_Query):
    """What becomes of requests under way."""

    drop: Annotated[bool, Field(description="break them off; else they are the reason for a 409")] = False
