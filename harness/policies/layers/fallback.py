"""Somebody else to ask when whom one asked fails, or another way to ask: another model, another endpoint, no stream."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..call import Call, Target
from ..causes import Cause, is_any_of
from ..effects import Run, Steps
from ..layer import Layer, Site
from ..outcome import Outcome


class TargetFile(BaseModel):
    """Another `model`, another `endpoint` (a base URL), the same without streaming (`stream: false`), or several of
    these."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    model: Annotated[str, Field(max_length=256)] = ""
    endpoint: Annotated[str, Field(max_length=2048, pattern=r"^(https?://\S+)?$")] = ""
    stream: bool = True

    @model_validator(mode="after")
    def _is_another(self) -> TargetFile:
        if not (self.model or self.endpoint) and self.stream:
            raise ValueError('expected a "model", an "endpoint", "stream: false", or several of these')
        return self


class Fallback(Layer):
    """Asks each of `to` in turn while what came of the one before is listed in `on`. What lies inside is done for each
    anew: a `retry` tries each so often, and a `breaker` with `per: model` knows them apart. A stream that broke in the
    middle is asked for anew as well, by `stream: false` for all of it at once. The simulator knows other models by
    `where: {models: [...]}` of faults; to it, all endpoints are one."""

    name: ClassVar[str] = "fallback"
    example: ClassVar[dict[str, Any]] = {"to": [{"model": "claude-haiku-4-5"}]}
    to: Annotated[tuple[TargetFile, ...], Field(min_length=1, max_length=10)]
    on: tuple[Cause, ...] = (
        "timeout",
        "connection",
        "rate_limit",
        "overloaded",
        "server_error",
        "stream_before_text",
        "stream_after_text",
        "breaker_open",
        "rejected",
    )

    def wrap(self, inner: Run, site: Site) -> Run:
        is_cause = is_any_of(self.on)
        targets = tuple(Target(each.model, each.endpoint, not each.stream) for each in self.to)

        def run(call: Call) -> Steps:
            outcome: Outcome = yield from inner(call)
            before = call.target
            try:
                for target in targets:
                    if outcome.is_ok or call.is_shown or not is_cause(outcome):
                        break
                    call.target = target
                    outcome = yield from inner(call)
            finally:
                call.target = before
            return outcome

        return run
