"""Contestants that are programs: Python code of the user's, or a command in any language."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from .calling import Way, way_of
from .client import Client
from .fleet import Fleet
from .importing import NotFound, found, split
from .names import Name, likely
from .own_code import fingerprint


class Program(BaseModel):
    """A function, a class or an object of Python code."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    about: str = ""
    origin: str
    """`module:name` or `path/to/file.py:name`, from the folder that everything is run from."""
    sha256: str
    """Of its files, and of the versions of the libraries that are installed."""


class Command(BaseModel):
    """A command that is run for every call, and told of the call on its standard input."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Name
    about: str = ""
    words: tuple[str, ...]
    sha256: str
    """Of the files that its words name."""


Contestant: TypeAlias = Client | Fleet | Program | Command

_NAMED = re.compile(r"(?:(?P<name>[a-z0-9][a-z0-9-]*)=)?(?P<rest>.+)", re.DOTALL)
_ORIGIN = re.compile(r"(?:[a-z0-9][a-z0-9-]*=)?[\w./\\-]+:[A-Za-z_][\w.]*")


def is_origin(named: str) -> bool:
    """Whether that looks like `module:name`, with or without a name for the contestant before it."""
    return _ORIGIN.fullmatch(named) is not None


def program(named: str) -> Program:
    """What `module:name` or `contestant=module:name` names. Imports it. Raises `NotFound`."""
    given, origin = _split_name(named)
    where, name = split(origin)
    with _nothing_real():
        thing = found(origin)
    way_of(thing, origin)
    stem = Path(where).stem if where.endswith(".py") else where.rpartition(".")[2]
    return Program(
        name=given or likely(f"{stem}-{name}"),
        about=_about(thing),
        origin=origin,
        sha256=fingerprint(where),
    )


def command(named: str) -> Command:
    """What `words` or `contestant=words` say, as a shell would split them. Raises `NotFound`."""
    given, text = _split_name(named)
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise NotFound(f"{text}: {str(error).lower()}") from None
    if not words or shutil.which(words[0]) is None:
        raise NotFound(f"{words[0] if words else 'the command'}: there is no such program")
    files = [path for word in words if (path := Path(word)).is_file()]
    digest = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    name = given or likely("-".join(Path(word).stem for word in words if not word.startswith("-")))
    return Command(name=name, about=shlex.join(words), words=words, sha256=digest)


def loaded(program: Program) -> tuple[object, Way]:
    """The thing itself and how to call it. Raises `NotFound`."""
    thing = found(program.origin)
    return thing, way_of(thing, program.origin)


@cache
def load_libraries(program: Program) -> None:
    """Import it, once in a process, so that what takes long is done. Raises `NotFound`."""
    with _nothing_real():
        found(program.origin)


@contextmanager
def _nothing_real() -> Iterator[None]:
    """While this lasts, there is some API key, and nobody beyond this machine can be reached."""
    from .testing.environment import environment  # these load the SDK
    from .testing.loopback import only_loopback

    with environment(), only_loopback():
        yield


def _split_name(named: str) -> tuple[str, str]:
    parts = _NAMED.fullmatch(named)
    if parts is None:
        raise NotFound('expected a module and a name in it such as "app.llm:ask"')
    return parts["name"] or "", parts["rest"]


def _about(thing: object) -> str:
    return next(iter((getattr(thing, "__doc__", None) or "").strip().splitlines()), "")
