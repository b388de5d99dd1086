"""The layers of a resilient client, one file each, found by looking into this folder."""

from __future__ import annotations

from brownout.fakes.discovery import discover

from ..layer import Layer

__all__ = ["LAYERS"]

LAYERS: dict[str, type[Layer]] = discover(__name__, __path__, Layer, lambda layer: layer.name)
