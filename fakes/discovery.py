"""Finds what is registered by being there: one file a fault, a layer or whatever else a folder collects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeVar

Base = TypeVar("Base")


def discover(
    package: str, path: Iterable[str], base: type[Base], name_of: Callable[[type[Base]], str | None]
) -> dict[str, type[Base]]:
    """Name -> subclass of `base`, for each that a module of the package defines. `name_of` gives None for one that is
    itself only a base. Raises `RuntimeError` when two have one name."""
    found: dict[str, type[Base]] = {}
    for info in iter_modules(path):
        module = import_module(f"{package}.{info.name}")
        for value in vars(module).values():
            if not (isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__):
                continue
            name = name_of(value)
            if name is None:
                continue
            if name in found:
                raise RuntimeError(f"two of {package} are called {name!r}: {found[name]} and {value}")
            found[name] = value
    return found
