"""Scenarios and clients by what a user calls them: the name of one that is shipped, or a file of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from brownout import scenarios as shipped

from . import files
from .client import Client
from .scenario import Scenario

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Source(Generic[Model]):
    """What was loaded, its text, and the words that name it again."""

    value: Model
    text: str
    named: str


class UnknownName(Exception):
    """Neither a name that is shipped nor a file."""


def scenario(named: str) -> Source[Scenario]:
    """Raises `UnknownName` or `files.FileError`."""
    return _load(named, shipped.incidents(), Scenario, "scenario")


def client(named: str) -> Source[Client]:
    """Raises `UnknownName` or `files.FileError`."""
    return _load(named, shipped.clients(), Client, "client")


def _load(named: str, known: Mapping[str, Path], model: type[Model], what: str) -> Source[Model]:
    path = known.get(named)
    if path is None:
        path = Path(named)
        if not path.exists() and "/" not in named and not named.endswith((".yaml", ".yml")):
            close = get_close_matches(named, known, 1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            raise UnknownName(
                f"unknown {what} {named!r}{hint} Shipped are {', '.join(known)}; or name a file of your own."
            )
    value = files.load(path, model)
    return Source(value, path.read_text(encoding="utf-8"), named)
