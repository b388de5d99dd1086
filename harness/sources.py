"""Scenarios and clients by what a user calls them: the name of one that is shipped, or a file of their own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from brownout import scenarios as shipped

from . import files
from .client import Client
from .files.suggest import did_you_mean, quoted
from .fleet import Fleet
from .importing import NotFound
from .other_file import is_fleet
from .program import Contestant, command, is_origin, program
from .scenario import Scenario
from .sorts import check_sort

Model = TypeVar("Model", bound=BaseModel)
Of = TypeVar("Of", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Source(Generic[Of]):
    """What was loaded, its text, and the words that name it again: none for what was made in Python."""

    value: Of
    text: str
    named: str


def fingerprint(model: BaseModel) -> str:
    """The SHA-256 of what was resolved: equal for files that mean the same, in every process."""
    text = json.dumps(_canonical(model.model_dump(by_alias=True)), ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _canonical(value: object) -> object:
    """Plain data in one order, whatever order sets and mappings had."""
    match value:
        case Mapping():
            return {str(key): _canonical(value[key]) for key in sorted(value, key=str)}
        case set() | frozenset():
            return sorted(map(_canonical, value), key=lambda each: json.dumps(each, ensure_ascii=False))
        case list() | tuple():
            return list(map(_canonical, value))
    return value


class UnknownName(Exception):
    """Neither a name that is shipped nor a file."""


def scenario(named: str) -> Source[Scenario]:
    """Raises `UnknownName` or `files.FileError`."""
    document = _document(named, shipped.scenarios(), "scenario")
    check_sort(document, "scenario")
    return Source(document.check(Scenario), document.text, named)


def path_of(source: Source[Scenario]) -> str:
    """Of its file, as problems call it."""
    return str(shipped.scenarios().get(source.named, source.named))


def client(named: str) -> Source[Client]:
    """One alone, and no fleet. Raises `UnknownName` or `files.FileError`."""
    document = client_document(named)
    return Source(document.check(Client), document.text, named)


def client_document(named: str) -> files.Document:
    """Its file with the place of everything in it, not yet checked. Raises `UnknownName` or `files.FileError`."""
    document = _document(named, shipped.known_clients(), "client")
    check_sort(document, "client", "fleet")
    return document


def contestant(named: str) -> Source[Contestant]:
    """A client, a fleet, or a program by `module:name`, which is imported. Raises `NotFound`, and as `client` does."""
    if is_origin(named) and not Path(named).exists():
        return Source(program(named), "", named)
    if named.endswith(".py"):
        raise NotFound(f'{named} is Python code: name what is to be called in it, such as "{named}:ask"')
    try:
        return configuration(named)
    except UnknownName as error:
        where, _, name = named.rpartition(".")
        raise UnknownName(f'{error}; code is named as "{where}:{name}"' if where else str(error)) from None


def configuration(named: str) -> Source[Contestant]:
    """A client or a fleet. Raises `UnknownName` or `files.FileError`."""
    document = client_document(named)
    found: Client | Fleet = document.check(Fleet) if is_fleet(document) else document.check(Client)
    return Source(found, document.text, named)


def by_command(named: str) -> Source[Contestant]:
    """A program by the command that runs it. Raises `NotFound`."""
    return Source(command(named), "", named)


def loaded(named: str, known: Mapping[str, Path], model: type[Model], what: str) -> Source[Model]:
    """What is known by that name, or a file. Raises `UnknownName` or `files.FileError`."""
    document = _document(named, known, what)
    return Source(document.check(model), document.text, named)


def _document(named: str, known: Mapping[str, Path], what: str) -> files.Document:
    path = known.get(named)
    if path is None:
        path = Path(named)
        if not path.exists() and "/" not in named and not named.endswith((".yaml", ".yml")):
            raise UnknownName(f"unknown {what} {quoted(named)}{did_you_mean(named, known)}")
    return files.read(path)
