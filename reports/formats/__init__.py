"""One format, one file: `render(document) -> str`, and the name of the file it goes into. Found by looking here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from ..document import Document


class Format(Protocol):
    """What each module here offers."""

    FILE_NAME: str

    def render(self, document: Document) -> str: ...


def formats() -> dict[str, Format]:
    """Name -> format."""
    return {info.name: import_module(f"{__name__}.{info.name}") for info in iter_modules(__path__)}
