"""What every fault is: a kind, a moment, and whom it hits. A fault is a pure function from a plan to a plan.

It owns no clock, socket or generator. A subclass says, in `instead`, what is played in place of the rest of a plan
once its moment is reached; everything else follows from that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..draws import Identity
from ..moments import Moment, cut
from ..plan import Mark, Plan
from ..units import Duration, Share

Opening: TypeAlias = Literal["unresolved", "refused", "lost", "reset", "tls_hangs", "tls_reset", "untrusted"]
"""What a client meets that opens a connection."""
Stage: TypeAlias = Literal["name", "port", "accept", "tls"]
"""How far it gets: each comes after the one before."""
_STAGES: Mapping[Opening, Stage] = {
    "unresolved": "name",
    "refused": "port",
    "lost": "port",
    "reset": "accept",
    "tls_hangs": "tls",
    "tls_reset": "tls",
    "untrusted": "tls",
}
STAGES: frozenset[Stage] = frozenset(_STAGES.values())

Ids = Annotated[frozenset[int], Field(min_length=1)]


class Window(BaseModel):
    """One draw for everything that arrives in the same stretch of time: real failures come in runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    window: Annotated[Duration, Field(gt=0)]


class Where(BaseModel):
    """Which requests a fault is for; what is not named is not restricted. All numbers count from 0."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    clients: Ids | None = None
    calls: Ids | None = None
    attempts: Ids | None = None
    stream: bool | None = None
    models: Annotated[frozenset[str] | None, Field(min_length=1)] = None

    def includes(self, who: Identity, stream: bool) -> bool:
        return (
            (self.clients is None or who.client in self.clients)
            and (self.calls is None or who.call in self.calls)
            and (self.attempts is None or who.attempt in self.attempts)
            and (self.stream is None or self.stream is stream)
        )

    def includes_model(self, model: str) -> bool:
        """Apart, as it is said in the request's body: of who connects or uploads nobody knows it."""
        return self.models is None or model in self.models


class Fault(BaseModel):
    """The fields every kind has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    at: Moment = "arrival"
    share: Annotated[Share, Field(gt=0, description="how many of the requests in reach are hit")] = 1.0
    per: Annotated[
        Literal["attempt", "call", "client", "endpoint"] | Window,
        Field(description="what shares one draw: independent attempts flatter retries"),
    ] = "attempt"
    where: Where | None = None

    example: ClassVar[dict[str, Any]]
    """A mapping as in a scenario file; the catalogue test plays it."""
    fidelity: ClassVar[dict[str, str]] = {"wire": "faithful", "virtual": "faithful", "sim": "faithful"}
    """Per backend: `faithful`, or what is approximated and how, or that it is `not available` and why."""
    streams_only: ClassVar[bool] = False
    """Whether the fault has a meaning for streaming requests alone."""
    plain_only: ClassVar[bool] = False
    """The same for those that want the answer in one piece."""
    on_connect: ClassVar[bool] = False
    """Whether the fault acts on opening a connection rather than on a request."""
    opening: ClassVar[Opening | None] = None
    """What it does then."""
    on_upload: ClassVar[bool] = False
    """Whether it acts on a request that has not come whole: of that nothing is known but its headers."""
    hits_idle: ClassVar[bool] = False
    """Whether a phase that begins with this fault can break idle kept-alive connections."""
    ends_by: ClassVar[Literal["rst", "fin"]] = "rst"
    """How those are broken."""
    swallows: ClassVar[bool] = False
    """Whether packets vanish: who opens a connection hears nothing instead of being refused, requests on open
    connections are lost too, and an idle connection that is hit looks alive until something is sent on it."""

    @model_validator(mode="after")
    def _models_are_known(self) -> Self:
        if self.where is not None and self.where.models and (self.on_connect or self.on_upload):
            raise ValueError(
                f"{self.kind} comes before it is known which model is asked: it cannot be for some of them"
            )
        return self

    @property
    def stage(self) -> Stage | None:
        """Where in opening a connection it acts, if it does."""
        return None if self.opening is None else _STAGES[self.opening]

    @property
    def takes_the_port(self) -> bool:
        """Whether no connection at all is let in, so that a real port can do it."""
        return self.stage == "port" and self.keeps_everybody_out

    @property
    def is_blind(self) -> bool:
        """Whether it can strike a connection of which nothing is known: one by one, as they are counted."""
        if self.stage is None or self.stage == "port" or self.where is not None:
            return False
        return self.share >= 1.0 or self.per not in ("call", "client")

    @property
    def keeps_everybody_out(self) -> bool:
        """Whether no fault of connections behind it can take effect."""
        return self.on_connect and self.share >= 1.0 and self.where is None

    def instead(self, rest: Plan) -> Plan | None:
        """What is played in place of `rest`; None where the fault has no meaning for such a rest."""
        raise NotImplementedError

    def apply(self, plan: Plan, mark: Mark) -> Plan | None:
        """The plan with the fault in it, or None when its moment is not in this segment."""
        found = cut(plan, self.at)
        if found is None:
            return None
        before, after = found
        changed = self.instead(after)
        return None if changed is None else (*before, mark, *changed)

    def strike(self, rest: Plan, mark: Mark) -> Plan | None:
        """The same, at once, for a request in flight of which `rest` is still to come."""
        changed = self.instead(rest)
        return None if changed is None else (mark, *changed)

    def concerns(self, who: Identity, stream: bool) -> bool:
        """Whether such a request is in reach at all, before any draw."""
        has_meaning = not (self.plain_only if stream else self.streams_only)
        return has_meaning and (self.where is None or self.where.includes(who, stream))

    def concerns_model(self, model: str) -> bool:
        """Whether requests to that model are in reach."""
        return self.where is None or self.where.includes_model(model)

    def label(self, who: Identity, now: float) -> int:
        """The label of the draw that decides: equal for everything that shares one fate."""
        match self.per:
            case "attempt":
                return who.label
            case "call":
                return Identity(who.client, who.call).label
            case "client":
                return Identity(who.client, 0).label
            case "endpoint":
                return 0
            case Window(window=seconds):
                return int(now // seconds)
