"""What a check looks at: one stack of layers, the limits of the HTTP library beneath it, and where all of it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ..client import Client
from ..files.errors import Location
from ..names import PROFILES
from ..policies.effects import Timeouts
from ..policies.layer import Layer
from ..policies.layers.sdk import Sdk
from ..profiles import sdk_of
from ..scenario import Scenario
from ..workload import Calls
from .finding import Place

L = TypeVar("L", bound=Layer)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the reader of source itself has seen."""

    id: str
    """Of the check that tells it."""
    what: str
    fix: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Code:
    """What is known of a call that stands in Python source, besides the client that it comes to."""

    max_tokens: int | None = None
    is_stream: bool | None = None
    """None where there is no request, or several kinds."""
    marks: tuple[Mark, ...] = ()
    by_hand: frozenset[str] = frozenset()
    """The causes for which a loop around it tries again: how often, and how soon, is not known."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One stack of one client."""

    client: Client
    profile: str
    """Empty for the stack of all calls that no profile treats in a way of its own."""
    place: Callable[[Location, bool], Place]
    """Of a value in the client's file, or of its key."""
    scenario: Scenario | None = None
    code: Code | None = None

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Outermost first."""
        own = dict(self.client.profiles.given()).get(self.profile)
        return self.client.layers if own is None or own.layers is None else own.layers

    @property
    def timeouts(self) -> Timeouts:
        return self.client.timeouts_of(self.profile)

    @property
    def read(self) -> float:
        """The read timeout in seconds: files have no way to leave it out."""
        return self.timeouts.read or 0.0

    @property
    def sdk(self) -> Sdk:
        return sdk_of(self.layers)

    @property
    def played_profile(self) -> str:
        """A kind of call that goes through this stack."""
        given = dict(self.client.profiles.given())
        return self.profile or next(name for name in PROFILES if name not in given)

    def each(self, kind: type[L]) -> Iterator[tuple[int, L]]:
        """The layers of a kind, outermost first, with their index."""
        return ((i, layer) for i, layer in enumerate(self.layers) if isinstance(layer, kind))

    def has(self, kind: type[Layer]) -> bool:
        return any(True for _ in self.each(kind))

    def kinds(self) -> list[Calls]:
        """The scenario's calls that go through this stack."""
        if self.scenario is None:
            return []
        given = dict(self.client.profiles.given())
        return [
            kind
            for kind in self.scenario.workload.kinds
            if kind.profile == self.profile or (not self.profile and kind.profile not in given)
        ]

    @property
    def may_stream(self) -> bool:
        """Whether any call may be a stream, as far as one knows."""
        if self.code is not None and self.code.is_stream is not None:
            return self.code.is_stream
        return self.scenario is None or any(kind.stream > 0.0 for kind in self.kinds())

    @property
    def is_one_of_many(self) -> bool:
        """Whether other clients may do the same at the same time; nobody runs one process for ever."""
        return self.scenario is None or self.scenario.workload.clients > 1

    def at_layers(self) -> Location:
        own = dict(self.client.profiles.given()).get(self.profile)
        return ("layers",) if own is None or own.layers is None else ("profiles", self.profile, "layers")

    def at(self, index: int, *keys: str) -> Location:
        """Where a layer stands, or a value in it."""
        return (*self.at_layers(), index, self.layers[index].name, *keys)

    def at_timeout(self, name: str) -> Location:
        """Where that limit of the HTTP library stands."""
        own = dict(self.client.profiles.given()).get(self.profile)
        is_own = own is not None and getattr(own.timeouts, name) is not None
        return ("profiles", self.profile, "timeouts", name) if is_own else ("timeouts", name)


def subjects(client: Client, place: Callable[[Location, bool], Place], scenario: Scenario | None) -> list[Subject]:
    """Each stack of a client: that of all calls, unless every kind has one of its own, and those of the profiles. With
    a scenario, those that its calls go through."""
    given = [name for name, _ in client.profiles.given()]
    names = given if len(given) == len(PROFILES) else ["", *given]
    found = [Subject(client, name, place, scenario) for name in names]
    return [subject for subject in found if scenario is None or subject.kinds()]
