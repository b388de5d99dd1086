"""The fleet file: several client configurations at once, each played by a share of the scenario's clients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, field_validator

from brownout import scenarios as shipped
from brownout.fakes.units import Share

from .client import Client
from .files import Document, LocatedError, LocatedErrors
from .files.suggest import quoted
from .fleet_files import with_members
from .interleaving import interleaved
from .names import Name

_NAMED = WithJsonSchema(
    {
        "anyOf": [{"enum": list(shipped.known_clients())}, {"type": "string"}],
        "description": "a client that is shipped, or a path from this file",
    }
)


class Member(BaseModel):
    """The clients of a fleet that are of one configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    client: Annotated[Client, _NAMED]
    share: Annotated[Share, Field(gt=0, description="how many of the scenario's clients; all shares make up 100%")]


class Fleet(BaseModel):
    """A contestant that is of several configurations at once: a migration that is half done, say."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    about: str = ""
    fleet: Annotated[tuple[Member, ...], Field(min_length=1, max_length=100, description="its members")]

    @classmethod
    def assembled(cls, document: Document) -> Document:
        """The file with its members' files in it. Loading asks for this before it checks anything."""
        return with_members(document)

    @field_validator("fleet")
    @classmethod
    def _whole(cls, members: tuple[Member, ...]) -> tuple[Member, ...]:
        names = [member.client.name for member in members]
        twice = [i for i, name in enumerate(names) if name in names[:i]]
        if twice:
            raise LocatedErrors(
                *(LocatedError(f"two members are called {quoted(names[i])}", i, "client", on_key=True) for i in twice)
            )
        total = sum(member.share for member in members)
        if not math.isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"the shares of all members must make up 100%, these make up {total * 100:.6g}%")
        return members

    def places(self, clients: int) -> tuple[int, ...]:
        """Which member each of so many clients is of, by its index: the same for every seed."""
        return interleaved(tuple(member.share for member in self.fleet), clients)

    def absent(self, clients: int) -> list[Member]:
        """The members that none of so few clients is of."""
        there = set(self.places(clients))
        return [member for i, member in enumerate(self.fleet) if i not in there]


Configuration: TypeAlias = Client | Fleet
"""What layers are played of: one client's, or those of a fleet."""


def configurations(played: object) -> tuple[Client, ...]:
    """Those that it is made of: one of a client, several of a fleet, none of a program."""
    if isinstance(played, Fleet):
        return tuple(member.client for member in played.fleet)
    return (played,) if isinstance(played, Client) else ()


def client_of(config: Configuration, clients: int) -> Callable[[int], Client]:
    """The number of one of so many clients -> the configuration that it has."""
    if isinstance(config, Client):
        return lambda number: config
    members, places = configurations(config), config.places(clients)
    return lambda number: members[places[number]]
