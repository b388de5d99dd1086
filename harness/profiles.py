"""What a client does otherwise for one kind of call: limits of the HTTP library, or layers of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from brownout.fakes.units import Duration

from .client_schema import also_changes
from .files import LocatedError, LocatedErrors, one_key
from .names import PROFILES
from .policies.effects import Timeouts
from .policies.layer import Layer
from .policies.layers import LAYERS
from .policies.layers.sdk import Sdk

AnyLayer = Annotated[Layer, one_key(LAYERS, "layer")]
Layers = Annotated[tuple[AnyLayer, ...], Field(min_length=1)]
Limit = Annotated[Duration | None, Field(gt=0)]


def composed(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The layers, if the SDK is the innermost and each makes sense where it stands. Raises `LocatedErrors`."""
    above = [i for i, layer in enumerate(layers[:-1]) if isinstance(layer, Sdk)]
    if above:
        raise LocatedErrors(*(LocatedError('"sdk" is the innermost layer: it stands last, once', i) for i in above))
    if not isinstance(layers[-1], Sdk):
        raise LocatedError('the innermost layer must be "sdk"; add "- sdk" after this one', len(layers) - 1)
    reasons = [layer.misplaced(layers[:i], layers[i + 1 :]) for i, layer in enumerate(layers)]
    if any(reasons):
        raise LocatedErrors(*(LocatedError(reason, i) for i, reason in enumerate(reasons) if reason))
    return layers


def sdk_of(layers: tuple[Layer, ...]) -> Sdk:
    """What the SDK itself is set to."""
    sdk = layers[-1]
    assert isinstance(sdk, Sdk)
    return sdk


class TimeoutChanges(BaseModel):
    """Of the client's timeouts, those that are others here."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    connect: Limit = None
    read: Limit = None
    write: Limit = None
    pool: Limit = None

    def on(self, timeouts: Timeouts) -> Timeouts:
        """The client's timeouts, with these in their place."""
        return timeouts._replace(**{name: limit for name, limit in self if limit is not None})


class Profile(BaseModel):
    """Calls of one kind. With `timeouts` alone they go through the client's layers, and share their breaker and
    budget with all others; with `layers` they have a stack of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=also_changes)
    timeouts: Annotated[TimeoutChanges, Field(description="those that differ from the client's")] = TimeoutChanges()
    layers: Annotated[Layers | None, Field(description="a stack of their own, with state of its own")] = None

    @field_validator("layers")
    @classmethod
    def _end_with_sdk(cls, layers: tuple[Layer, ...] | None) -> tuple[Layer, ...] | None:
        return None if layers is None else composed(layers)


class Profiles(BaseModel):
    """By kind of call; a kind that is not named is treated as the client treats all."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    chat: Profile | None = None
    background: Profile | None = None
    realtime: Profile | None = None
    agentic: Profile | None = None

    def given(self) -> Iterator[tuple[str, Profile]]:
        """Those that are treated in a way of their own."""
        found: Iterator[tuple[str, Any]] = ((name, getattr(self, name)) for name in PROFILES)
        return ((name, profile) for name, profile in found if profile is not None)
