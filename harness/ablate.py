"""A client with one layer left out at a time: does each of them earn its place?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .client import Client, TimeoutsFile
from .policies.layer import Layer
from .policies.layers.retry import Retry
from .policies.layers.sdk import Sdk
from .profiles import TimeoutChanges

Stack = tuple[Layer, ...]


class Variant(NamedTuple):
    """The client that is left when something is taken out of one."""

    client: Client
    left_out: str


def variants(client: Client) -> list[Variant]:
    """One for each layer, one for its timeouts where they are not the SDK's own, one for a budget of retries, one
    for the SDK's retries."""
    return list(_variants(client))


def _variants(client: Client) -> Iterator[Variant]:
    by_default = _with_default_timeouts(client)
    if by_default != client:
        yield _variant(client, "timeouts", by_default)
    names = dict.fromkeys(layer.name for stack in client.stacks() for layer in stack if not isinstance(layer, Sdk))
    for name in names:
        yield _variant(client, name, client.with_stacks(_without(name)))
    if any(isinstance(layer, Retry) and layer.budget for stack in client.stacks() for layer in stack):
        yield _variant(client, "retry budget", client.with_stacks(_without_budget))
    if any(isinstance(layer, Sdk) and layer.max_retries for stack in client.stacks() for layer in stack):
        yield _variant(client, "sdk retries", client.with_stacks(_without_retries))


def _variant(client: Client, what: str, changed: Client) -> Variant:
    update = {
        "name": f"{client.name}-without-{what.replace(' ', '-').replace('_', '-')}",
        "about": f"{client.name} without its {what.replace('_', ' ')}.",
    }
    return Variant(changed.model_copy(update=update), what)


def _with_default_timeouts(client: Client) -> Client:
    own = {name: each.model_copy(update={"timeouts": TimeoutChanges()}) for name, each in client.profiles.given()}
    return client.model_copy(update={"timeouts": TimeoutsFile(), "profiles": client.profiles.model_copy(update=own)})


def _without(name: str) -> Callable[[Stack], Stack]:
    return lambda stack: tuple(layer for layer in stack if layer.name != name)


def _without_budget(stack: Stack) -> Stack:
    return tuple(layer.model_copy(update={"budget": None}) if isinstance(layer, Retry) else layer for layer in stack)


def _without_retries(stack: Stack) -> Stack:
    return tuple(layer.model_copy(update={"max_retries": 0}) if isinstance(layer, Sdk) else layer for layer in stack)
