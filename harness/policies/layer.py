"""What every layer is: parameters from a client file, and a function that wraps what lies inside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from brownout.fakes.draws import Identity

from ..records import WaitRecord
from .breaking import State
from .call import Call
from .effects import Run, Timeouts

_TIMEOUTS = Timeouts()
_NO_PROFILES: Mapping[str, Timeouts] = MappingProxyType({})


@dataclass(slots=True)
class Site:
    """What the layers of one client may use. `now` is in seconds of the scenario."""

    client: int
    now: Callable[[], float]
    record: Callable[[Any], None]
    timeouts: Timeouts = _TIMEOUTS
    by_profile: Mapping[str, Timeouts] = field(default_factory=lambda: _NO_PROFILES)
    """For kinds of calls whose timeouts are others."""
    breakers: list[State] = field(default_factory=list)
    """Those that its layers have made, for whoever watches or overrides them."""
    has_real_sdk: bool = False
    """Whether the SDK's own loop runs beneath the layers, so that the `sdk` layer must not play it too."""

    def waited(self, call: Call, seconds: float, why: str) -> None:
        """Record a pause before the next attempt."""
        who = Identity(call.ask.client, call.ask.call, max(0, call.attempts - 1), call.branch)
        self.record(WaitRecord(who, self.now(), seconds, why))


class Layer(BaseModel):
    """One layer of a client's configuration. Its name in files is `name`, its docstring the reference page."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    example: ClassVar[dict[str, Any]]

    def wrap(self, inner: Run, site: Site) -> Run:
        """The layer around `inner`, with its own state if it has any: one for each client."""
        raise NotImplementedError

    def misplaced(self, outside: Sequence[Layer], inside: Sequence[Layer]) -> str:
        """Why it makes no sense where it stands, between those layers, and what would; an empty text if it does."""
        return ""

    def limits(self) -> dict[str, float]:
        """What it sets to the time of a call, in seconds, by a name for reports; nothing, for most layers."""
        return {}
