"""A client that a file names: one that is shipped, or a path from that file. A wrong name is told where it stands."""

from __future__ import annotations

import os
from collections.abc import Mapping as Known
from pathlib import Path

from .files import Document, FileError, Problem, read
from .files.messages import got
from .files.suggest import did_you_mean, quoted
from .files.tree import Mapping, Node, Place, Scalar, is_broken

FLEET = "fleet"
"""The key by which a file is that of a fleet, and not of one client."""


def is_fleet(document: Document) -> bool:
    """Whether it lists members instead of being one configuration."""
    return isinstance(document.root, Mapping) and FLEET in document.root.entries


def named_by(document: Document, key: Place, written: Node, shipped: Known[str, Path], verb: str) -> Document:
    """What `written`, the value of the key at `key`, names. `shipped` are the clients that go by their name; `verb` is
    what is to be done with it, for the messages: "extend". Raises `FileError`, at the name for what it does not lead
    to, in the other file for what that is not."""
    if is_broken(written):
        raise FileError(document.name, ())
    if not isinstance(written, Scalar) or not isinstance(written.value, str):
        message = f"expected the name of a shipped client or a file, got {got(written)}"
        is_nothing = isinstance(written, Scalar) and written.value is None
        raise error_at(key if is_nothing else written.place, message)  # nothing stands nowhere
    path = _path(document, written.value, written.place, shipped, verb)
    try:
        return read(path)
    except FileError as error:
        if error.problems[0].line is None:  # not a word was read: what is wrong is the name
            message = f"cannot {verb} {quoted(written.value)}: {error.problems[0].message}"
            raise error_at(written.place, message) from None
        raise


def error_at(place: Place, message: str) -> FileError:
    """One problem, there."""
    return FileError(place.file, (Problem(place.file, place.line, place.column, message),))


def _path(document: Document, name: str, place: Place, shipped: Known[str, Path], verb: str) -> Path:
    if name in shipped:
        return shipped[name]
    known = did_you_mean(name, shipped)
    is_path = "/" in name or name.endswith((".yaml", ".yml"))
    if document.path is None:
        hint = f"; text that is in no file can {verb} shipped clients only" if is_path else ""
        raise error_at(place, f"unknown client {quoted(name)}{known}{hint}")
    path = document.path.parent / name
    if not is_path and not os.path.lexists(path):
        raise error_at(place, f"unknown client {quoted(name)}{known}")
    return path
