"""Reads a file, checks it against a model, and raises one error that tells all that is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .errors import FileError, Problem
from .explain import explain
from .published import published
from .tree import Node, Place, follow, plain, scalars
from .yaml12 import compose

MAX_LENGTH = 1 << 20
"""Bytes, about twenty thousand lines; the parser takes eight seconds for them at worst."""

M = TypeVar("M", bound=BaseModel)


def load(path: str | os.PathLike[str], model: type[M]) -> M:
    """The file as an instance of the model. Raises FileError with everything wrong with it."""
    return read(path).check(model)


def loads(text: str | bytes, model: type[M], name: str = "<string>") -> M:
    """The same for text at hand; ``name`` is what problems call it."""
    return parse(text, name).check(model)


def read(path: str | os.PathLike[str]) -> Document:
    """The file with its positions, not yet checked against a model.

    Raises FileError if it cannot be read, is not UTF-8, not YAML, empty, or beyond the limits.
    """
    name = os.fspath(path)
    try:
        with Path(path).open("rb") as file:
            # One byte more than there may be, so that what has no end has one here.
            data = file.read(MAX_LENGTH + 1)
    except FileNotFoundError:
        raise _error(name, None, "no such file") from None
    except IsADirectoryError:
        raise _error(name, None, "is a directory, not a file") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _error(name, None, f"cannot be read: {reason}") from None
    except ValueError:  # a zero byte in a name, for one
        raise _error(name, None, "not a file's name") from None
    return replace(parse(data, name), path=Path(path))


def parse(text: str | bytes, name: str = "<string>") -> Document:
    """Text at hand with its positions; raises FileError as ``read`` does."""
    if len(text) > MAX_LENGTH:
        raise _error(name, None, f"larger than {MAX_LENGTH >> 20} MiB")
    if isinstance(text, bytes):
        text = _decoded(text, name)
    root, problems = compose(text.removeprefix("\ufeff"), name)
    if root is None:
        raise _error(name, Place(1, 1), "the file is empty")
    return Document(name, text, root, problems)


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _error(name, Place(1, 1), "not UTF-8 but UTF-16; save it as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        lines = data[: error.start].decode("utf-8").split("\n")
        place = Place(len(lines), len(lines[-1]) + 1)
        raise _error(name, place, f"not UTF-8: byte 0x{data[error.start]:02x}") from None


def _problem(name: str, place: Place | None, message: str) -> Problem:
    return (
        Problem(place.file or name, place.line, place.column, message) if place else Problem(name, None, None, message)
    )


def _error(name: str, place: Place | None, message: str) -> FileError:
    return FileError(name, (_problem(name, place, message),))


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read, with the place of everything in it."""

    name: str
    text: str
    root: Node
    problems: tuple[Problem, ...] = ()
    """What is wrong with it as YAML: equal keys, tags, aliases to nowhere.

    Of another file that went into it, all that is wrong is here or nothing is.
    """
    path: Path | None = None
    """Where it was read; None for text at hand."""

    def check(self, model: type[M]) -> M:
        """The file as an instance of the model. Raises FileError with everything wrong with it.

        A model whose files may build on others has a class method ``assembled``: it takes a document and returns it
        with the values of the others in it, each at its own place.
        """
        assembled: Callable[[Document], Document] = getattr(model, "assembled", lambda document: document)
        return assembled(self).validate(model)

    def validate(self, model: type[M]) -> M:
        """The same, of what stands here and nothing else."""
        told = {problem.path for problem in self.problems} - {self.name}
        flags = self._flags_for_numbers(model)
        found = [*self.problems, *(_problem(self.name, *flag) for flag in flags.items())]
        try:
            # Models that name other files find them beside this one; text at hand is beside nothing.
            value = model.model_validate(plain(self.root), context={"folder": self.path and self.path.parent})
        except ValidationError as error:
            for place, message in explain(error, self.root, published(model, self.root)):
                problem = _problem(self.name, place, message)
                if place not in flags and problem.path not in told:
                    found.append(problem)
            assert found  # of all that a model says, something is told, or was known already
        if found:
            raise FileError(self.name, tuple(sorted(dict.fromkeys(found), key=self._order)))
        return value

    def problem_at(self, location: tuple[str | int, ...], message: str, *, on_key: bool = False) -> Problem:
        """A problem with the value at a location, or with its key, found after the model was made.

        Locations are keys as in the file and indexes from 0; steps that lead nowhere are passed
        over, so a key that is missing stands for its mapping.
        """
        reached = follow(self.root, location)
        place = reached.key if on_key else reached.node.place
        return _problem(self.name, place, message)

    def _flags_for_numbers(self, model: type[BaseModel]) -> dict[Place, str]:
        """Pydantic takes ``true`` for 1. Nobody means that, and the published schema refuses it."""
        flags = [(loc, node) for loc, node in scalars(self.root) if isinstance(node.value, bool)]
        schema = published(model, self.root) if flags else None
        return {
            node.place: f"expected a number, got {node.written}"
            for loc, node in flags
            if schema and schema.is_number(loc)
        }

    def _order(self, problem: Problem) -> tuple[bool, str, float, int]:
        """Its own first, each file's from top to bottom."""
        return (problem.path != self.name, problem.path, problem.line or float("inf"), problem.column or 0)
