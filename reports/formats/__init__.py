"""One format, one file: `render(report)`, and the name of the file it goes into. Found by looking here."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from ..report import Report

Content = str | bytes
Rendered = Content | Mapping[str, Content]
"""What goes into a file, or, by their names, into the files of a folder."""


class Format(Protocol):
    """What each module here offers. Its docstring says in the first line what the format is for. One that needs a
    library has a `check()` besides, which raises `CannotRender` where that is missing."""

    FILE_NAME: str

    def render(self, report: Report) -> Rendered: ...


class CannotRender(Exception):
    """A format that needs a library which is not installed; the message says which, and how to get it."""


def names() -> list[str]:
    """Of all formats, without importing any."""
    return [info.name for info in iter_modules(__path__)]


def formats() -> dict[str, Format]:
    """Name -> format."""
    return {name: named(name) for name in names()}


def named(name: str) -> Format:
    """One of `names()`."""
    found: Format = import_module(f"{__name__}.{name}")
    return found
