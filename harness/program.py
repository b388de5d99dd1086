"""Contestants that are programs: Python code of the user's, or a command in any language."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

from .calling import Way, way_of
from .client import Client
from .importing import NotFound, found, split
from .names import Name, likely


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


Contestant: TypeAlias = Client | Program | Command

_NAMED = re.compile(r"(?:(?P<name>[a-z0-9][a-z0-9-]*)=)?(?P<rest>.+)", re.DOTALL)
_ORIGIN = re.compile(r"(?:[a-z0-9][a-z0-9-]*=)?[\w./\\-]+:[A-Za-z_][\w.]*")
_INSTALLED = {sysconfig.get_path(which) for which in ("stdlib", "platstdlib", "purelib", "platlib")}
_NOT_THE_USERS = frozenset({"brownout", "__main__", "__mp_main__"})
_SKIPPED = frozenset({"site-packages", "dist-packages", "node_modules", "__pycache__"})


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
        sha256=_print_of(where),
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


def users_modules() -> Iterator[tuple[str, ModuleType]]:
    """Modules that are neither installed nor Python's own nor ours: what a user calls the program."""
    modules: tuple[tuple[str, Any], ...] = tuple(sys.modules.items())  # some put other things there
    for name, module in modules:
        if name.partition(".")[0] not in _NOT_THE_USERS and isinstance(module, ModuleType) and _is_users(module):
            yield name, module


def _is_users(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    if not isinstance(file, str) or not file.endswith(".py"):
        return False
    path = Path(file)
    if {"site-packages", "dist-packages"} & set(path.parts):
        return False
    return not any(path.is_relative_to(folder) for folder in _INSTALLED if folder)


def _split_name(named: str) -> tuple[str, str]:
    parts = _NAMED.fullmatch(named)
    if parts is None:
        raise NotFound('expected a module and a name in it such as "app.llm:ask"')
    return parts["name"] or "", parts["rest"]


def _about(thing: object) -> str:
    return next(iter((getattr(thing, "__doc__", None) or "").strip().splitlines()), "")


def _print_of(where: str) -> str:
    """Of what its results may depend on: the Python files about it, and every library that is installed."""
    folder = Path(where).resolve().parent if where.endswith(".py") else _folder_of(sys.modules[where])
    own = [(path.relative_to(folder).as_posix(), sha256(path.read_bytes()).hexdigest()) for path in _files(folder)]
    libraries = sorted((each.name, each.version) for each in distributions())
    return sha256(repr((own, libraries)).encode()).hexdigest()


def _folder_of(module: ModuleType) -> Path:
    """Of the whole package that it belongs to."""
    top = sys.modules[module.__name__.partition(".")[0]]
    return Path(next(iter(top.__path__)) if hasattr(top, "__path__") else Path(str(top.__file__)).parent)


def _files(folder: Path) -> Iterator[Path]:
    """Python files there, and in folders below that have any: beside a program may lie a whole home."""
    for here, below, names in os.walk(folder):
        below[:] = sorted(
            name
            for name in below
            if not name.startswith(".") and name not in _SKIPPED and any(Path(here, name).glob("*.py"))
        )
        yield from (Path(here, name) for name in sorted(names) if name.endswith(".py"))
