"""What other clients have where a file leaves a value open: those to start from, two shipped ones, and the one that the
result is compared with."""

from __future__ import annotations

from collections.abc import Iterable

from brownout import scenarios as shipped

from ..client import Client
from ..files import FileError
from ..files.errors import Location
from ..scenario import Scenario
from ..sources import client
from .space import Point, Space

SHIPPED = ("guide-stacked", "sdk-defaults")
"""What many people have, beside the clients to start from."""


def lenders(scenarios: Iterable[Scenario], against: Client | None) -> list[Client]:
    """The likeliest first: the one to be better than, those made for the kinds of calls that there are, all others."""
    profiles = {kind.profile for scenario in scenarios for kind in scenario.workload.kinds}
    presets = sorted(shipped.presets(), key=lambda name: name not in profiles)
    return [*([] if against is None else [against]), *(client(name).value for name in (*presets, *SHIPPED))]


def borrowed(space: Space, clients: Iterable[Client]) -> list[Point]:
    """A point for each client that has one of the values or more, the others in the middle of their ranges."""
    found = []
    for each in clients:
        values = [value_of(space, i, each) for i in range(len(space.parameters))]
        if any(value is not None for value in values):
            point = zip(values, space.middle, strict=True)
            found.append(tuple(middle if value is None else value for value, middle in point))
    return list(dict.fromkeys(map(space.rounded, found)))


def value_of(space: Space, which: int, other: Client) -> float | None:
    """Of a parameter, what another client has there; None where it has nothing of the kind."""
    parameter = space.parameters[which]
    value = value_at(other, parameter.at)
    if parameter.kind == "choice":
        return None if value is None else _choice(space, which, value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _choice(space: Space, which: int, value: object) -> float | None:
    """Which of the choices comes to the same."""
    parameter = space.parameters[which]
    for index in range(len(parameter.choices)):
        point = (*space.middle[:which], float(index), *space.middle[which + 1 :])
        try:
            if value_at(space.client(point), parameter.at) == value:
                return float(index)
        except FileError:  # it makes no sense beside the others
            continue
    return None


def value_at(of: Client, at: Location) -> object:
    """What a client has at a place of a file, layers found by their names; None where there is nothing."""
    found: object = of
    for step in at:
        match found, step:
            case tuple(), int():  # a layer's number differs from client to client, its name does not
                continue
            case tuple(), str():
                found = next((layer for layer in found if getattr(layer, "name", "") == step), None)
            case _:
                found = getattr(found, str(step), None)
    return found
