"""The client file: a resilience configuration as timeouts and layers, outermost first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from brownout.fakes.units import Duration

from .files import LocatedError, LocatedErrors, one_key
from .names import Name
from .policies.effects import Run, Timeouts
from .policies.layer import Layer, Site
from .policies.layers import LAYERS
from .policies.layers.sdk import Sdk
from .policies.stack import build

AnyLayer = Annotated[Layer, one_key(LAYERS, "layer")]


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

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    about: str = ""
    timeouts: TimeoutsFile = TimeoutsFile()
    layers: Annotated[tuple[AnyLayer, ...], Field(min_length=1)] = (Sdk(),)

    @field_validator("layers")
    @classmethod
    def _end_with_sdk(cls, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        above = [i for i, layer in enumerate(layers[:-1]) if isinstance(layer, Sdk)]
        if above:
            raise LocatedErrors(*(LocatedError('"sdk" is the innermost layer: it stands last, once', i) for i in above))
        if not isinstance(layers[-1], Sdk):
            raise LocatedError('the innermost layer must be "sdk"; add "- sdk" after this one', len(layers) - 1)
        return layers

    @property
    def sdk(self) -> Sdk:
        """What the SDK itself is set to."""
        sdk = self.layers[-1]
        assert isinstance(sdk, Sdk)
        return sdk

    def stack(self, site: Site) -> Run:
        """The layers of one of its instances."""
        return build(self.layers, site)

    def stacks(self) -> list[tuple[Layer, ...]]:
        """Every stack of layers it has."""
        return [self.layers]

    def with_stacks(self, change: Callable[[tuple[Layer, ...]], tuple[Layer, ...]]) -> Client:
        """The same client with every stack of layers changed alike."""
        return self.model_copy(update={"layers": change(self.layers)})

    def lengths(self) -> set[float]:
        """Lengths of limits that every call sets anew, in seconds: the simulator keeps those apart."""
        totals = {layer.total for layer in self.layers if hasattr(layer, "total")}
        return {self.timeouts.read, self.timeouts.pool} | totals
