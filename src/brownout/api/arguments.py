"""What may be given to functions of the API: names, paths, and what has been loaded already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike, fspath
from typing import TypeVar

from pydantic import BaseModel

from brownout.harness import sources
from brownout.harness.client import Client
from brownout.harness.fleet import Fleet
from brownout.harness.program import Command, Contestant, Program
from brownout.harness.scenario import Scenario
from brownout.harness.sources import Source

Given = TypeVar("Given")
Found = TypeVar("Found", bound=BaseModel)
Named = str | PathLike[str]
"""The name of one that is shipped, or the path of a file."""


def each_of(given: Iterable[Given], source_of: Callable[[Given], Source[Found]]) -> list[Source[Found]]:
    """What a list names. Raises `ValueError` for one alone, which a loop would take apart."""
    if isinstance(given, str | PathLike | BaseModel):
        raise ValueError(f"expected a list of scenarios or clients, got {given!r} alone; write [...] around it")
    return [source_of(each) for each in given]


def scenario_of(given: Named | Scenario) -> Source[Scenario]:
    """An incident, and the name or file that it came by."""
    return Source(given, "", "") if isinstance(given, Scenario) else sources.scenario(fspath(given))


def contestant_of(given: Named | Contestant) -> Source[Contestant]:
    """Whatever can be played: a configuration, or code."""
    if isinstance(given, Client | Fleet | Program | Command):
        return Source(given, "", "")
    return sources.contestant(fspath(given))


def configuration_of(given: Named | Client | Fleet) -> Source[Contestant]:
    """A client or a fleet: what has a file."""
    if isinstance(given, Client | Fleet):
        return Source(given, "", "")
    return sources.configuration(fspath(given))


def client_of(given: Named | Client) -> Source[Client]:
    """One client, and no fleet."""
    return Source(given, "", "") if isinstance(given, Client) else sources.client(fspath(given))


def check_seed(seed: int) -> None:
    """Raises `ValueError`."""
    if type(seed) is not int or seed < 0:
        raise ValueError(f"seed: expected a whole number from 0, got {seed!r}")
