"""The SDK's own loop: its retries and its waits. Where the real SDK runs beneath the layers, it is that loop itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ..call import Call
from ..effects import Attempt, Read, Run, Sleep, Steps
from ..in_time import in_time
from ..layer import Layer, Site
from ..outcome import Major, Outcome, exception_of
from ..sdks import typescript
from ..sdks.python import retries, wait


class Sdk(Layer):
    """The official SDK. `max_retries: 0` leaves retrying to your own layers; the default retries twice inside each of
    theirs. The one for TypeScript is played by the simulator alone: its only limit is on the time to the headers, the
    read timeout here."""

    name: ClassVar[str] = "sdk"
    example: ClassVar[dict[str, Any]] = {"max_retries": 2}
    max_retries: Annotated[int, Field(ge=0, le=1000)] = 2
    major: Annotated[Major, Field(description="the Python SDK's major version, for the simulator")] = "2"
    language: Literal["python", "typescript"] = "python"

    @model_validator(mode="after")
    def _one_line_of_typescript(self) -> Sdk:
        if self.language == "typescript" and self.major != "2":
            raise ValueError(
                '"major" tells the lines of the Python SDK apart; of the one for TypeScript there is one, 1.x'
            )
        return self

    def wrap(self, inner: Run, site: Site) -> Run:
        """The innermost layer: `inner` is not used."""
        by_profile = site.by_profile
        max_retries = 0 if site.has_real_sdk else self.max_retries
        major = self.major
        is_typescript = self.language == "typescript"
        may_retry = typescript.retries if is_typescript else retries

        def play(call: Call, reads: bool = True) -> Steps:
            timeouts, headers_within = site.timeouts, None
            if by_profile:
                timeouts = by_profile.get(call.ask.profile, timeouts)
            if is_typescript:
                timeouts, headers_within = typescript.TIMEOUTS, timeouts.read
            retry = 0
            while True:
                fields = (call, timeouts, retry >= max_retries, headers_within)
                outcome: Outcome = yield tuple.__new__(Attempt, fields)  # half the time of `Attempt(...)`
                if outcome.kind == "opened" and reads:
                    outcome = yield Read(outcome.stream, call.gap)
                    return outcome
                if outcome.kind == "opened" or retry >= max_retries or not may_retry(outcome):
                    return outcome
                seconds, why = wait(outcome, retry, call.jitter(), major)
                site.waited(call, seconds, why)
                yield Sleep(seconds)
                retry += 1

        def run(call: Call) -> Steps:
            if call.first_byte is None and call.first_token is None:
                return play(call)  # itself, as this is where the simulator spends its time
            return in_time(call, lambda call: play(call, reads=False))

        if is_typescript:
            return _raising(run, typescript.exception_of)
        return run if major == "2" else _raising(run, lambda outcome: exception_of(outcome, major))


def _raising(run: Run, exception: Callable[[Outcome], str]) -> Run:
    """The same, where what is raised has other names."""

    def run_other(call: Call) -> Steps:
        outcome: Outcome = yield from run(call)
        return outcome._replace(raised=outcome.raised or exception(outcome))

    return run_other
