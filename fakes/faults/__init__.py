"""Every way the service, or the network before it, can fail: one file a fault, found by looking into this folder."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .base import Fault, Where, Window

__all__ = ["FAULTS", "Fault", "Where", "Window"]


def _discover() -> dict[str, type[Fault]]:
    """Kind -> class, for each module here that defines a class `<Something>(Fault)` with a literal `kind`."""
    found: dict[str, type[Fault]] = {}
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Fault) and value.__module__ == module.__name__:
                kind = value.model_fields["kind"].default
                if not isinstance(kind, str):
                    continue  # a base class
                if kind in found:
                    raise RuntimeError(f"two faults are called {kind!r}: {found[kind]} and {value}")
                found[kind] = value
    return found


FAULTS: dict[str, type[Fault]] = _discover()
