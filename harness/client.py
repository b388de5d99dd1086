"""The client file: a resilience configuration as timeouts and layers, outermost first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from brownout import scenarios as shipped
from brownout.fakes.units import Duration

from .client_schema import also_inherits
from .files import Document, LocatedError, LocatedErrors
from .inherit import assemble
from .names import Name
from .policies.call import Call
from .policies.effects import Run, Steps, Timeouts
from .policies.layer import Layer, Site
from .policies.layers.sdk import Sdk
from .policies.stack import build
from .profiles import AnyLayer, Layers, Profile, Profiles, composed, sdk_of

__all__ = ["AnyLayer", "Client", "TimeoutsFile"]


class TimeoutsFile(BaseModel):
    """The HTTP library's limits, each per phase and per attempt; the defaults are the SDK's."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    connect: Annotated[Duration, Field(gt=0)] = 5.0
    read: Annotated[Duration, Field(gt=0)] = 600.0
    write: Annotated[Duration, Field(gt=0)] = 600.0
    pool: Annotated[Duration, Field(gt=0)] = 600.0

    def timeouts(self) -> Timeouts:
        return Timeouts(self.connect, self.read, self.write, self.pool)


class Client(BaseModel):
    """A contestant."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=also_inherits)
    name: Name
    about: str = ""
    timeouts: TimeoutsFile = TimeoutsFile()
    layers: Layers = (Sdk(),)
    profiles: Annotated[Profiles, Field(description="what differs for kinds of calls")] = Profiles()

    @classmethod
    def assembled(cls, document: Document) -> Document:
        """The file with what it inherits in it. Loading asks for this before it checks anything."""
        return assemble(document, cls, shipped.known_clients())

    @field_validator("layers")
    @classmethod
    def _end_with_sdk(cls, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        return composed(layers)

    @model_validator(mode="after")
    def _one_version(self) -> Client:
        wrong = [
            LocatedError(f'one program has one SDK: the client\'s "major" is "{self.sdk.major}"', *loc)
            for name, profile in self.profiles.given()
            if profile.layers and sdk_of(profile.layers).major != self.sdk.major
            for loc in [("profiles", name, "layers", len(profile.layers) - 1, "sdk", "major")]
        ]
        if wrong:
            raise LocatedErrors(*wrong)
        return self

    @property
    def sdk(self) -> Sdk:
        """What the SDK itself is set to."""
        return sdk_of(self.layers)

    def sdk_of(self, profile: str) -> Sdk:
        """What the SDK is set to for one kind of call."""
        own = self._profile(profile).layers
        return self.sdk if own is None else sdk_of(own)

    def timeouts_of(self, profile: str) -> Timeouts:
        """The HTTP library's limits for one kind of call."""
        return self._profile(profile).timeouts.on(self.timeouts.timeouts())

    def _profile(self, name: str) -> Profile:
        return dict(self.profiles.given()).get(name, Profile())

    def stack(self, site: Site) -> Run:
        """The layers of one of its instances, and beside them those of the profiles that have their own."""
        given = dict(self.profiles.given())
        if not given:
            return build(self.layers, site)
        site = replace(site, by_profile={name: profile.timeouts.on(site.timeouts) for name, profile in given.items()})
        shared = build(self.layers, site)
        own = {name: build(profile.layers, site) for name, profile in given.items() if profile.layers is not None}
        return _by_profile(shared, own) if own else shared

    def stacks(self) -> list[tuple[Layer, ...]]:
        """Every stack of layers it has: the one of all calls, and those that kinds of calls have of their own."""
        return [self.layers, *(own.layers for _, own in self.profiles.given() if own.layers is not None)]

    def with_stacks(self, change: Callable[[tuple[Layer, ...]], tuple[Layer, ...]]) -> Client:
        """The same client with every stack of layers changed alike."""
        own = {
            name: profile.model_copy(update={"layers": change(profile.layers)})
            for name, profile in self.profiles.given()
            if profile.layers is not None
        }
        return self.model_copy(update={"layers": change(self.layers), "profiles": self.profiles.model_copy(update=own)})

    def limits(self) -> dict[str, float]:
        """What it sets to the time of a call, in seconds, by name; profiles may have others for kinds of calls."""
        named = {f"{name} timeout": limit for name, limit in self.timeouts if isinstance(limit, float)}
        return named | {label: limit for layer in self.layers for label, limit in layer.limits().items()}

    def lengths(self) -> set[float]:
        """Lengths of limits that every call sets anew, in seconds: the simulator keeps those apart."""
        own = {limit for stack in self.stacks() for layer in stack for limit in layer.limits().values()}
        base = self.timeouts.timeouts()
        limits = [base, *(profile.timeouts.on(base) for _, profile in self.profiles.given())]
        return {limit for each in limits for limit in (each.read, each.pool) if limit is not None} | own


def _by_profile(shared: Run, own: Mapping[str, Run]) -> Run:
    def run(call: Call) -> Steps:
        return own.get(call.ask.profile, shared)(call)

    return run
