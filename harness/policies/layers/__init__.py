"""The layers of a resilient client, one file each, found by looking into this folder."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from ..layer import Layer

__all__ = ["LAYERS"]


def _discover() -> dict[str, type[Layer]]:
    found: dict[str, type[Layer]] = {}
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == module.__name__:
                if value.name in found:
                    raise RuntimeError(f"two layers are called {value.name!r}: {found[value.name]} and {value}")
                found[value.name] = value
    return found


LAYERS: dict[str, type[Layer]] = _discover()
