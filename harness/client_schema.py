"""What the published schema of a client file says besides its model: keys settled before the model is asked."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from brownout import scenarios as shipped


def also_inherits(schema: dict[str, Any]) -> None:
    """Add `extends`, and layers as changes by name."""
    properties = schema["properties"]
    layers = properties["layers"]
    extends = {
        "anyOf": [{"enum": list(shipped.known_clients())}, {"type": "string"}],
        "description": "the client this one is built on: one that is shipped, or a path from this file. Its timeouts "
        "are inherited key by key, its layers as a whole or with changes by name, its profiles entry by entry.",
    }
    schema["properties"] = {"name": properties.pop("name"), "extends": extends, **properties}
    schema["properties"]["layers"] = {
        "anyOf": [{key: part for key, part in layers.items() if key != "default"}, changes(layers)],
        "description": "outermost first; with `extends` also a mapping of changes, such as `{sdk: {max_retries: 0}, "
        "breaker: null}`",
        **({"default": layers["default"]} if "default" in layers else {}),
    }


def also_changes(schema: dict[str, Any]) -> None:
    """Let a profile's layers be changes of the client's."""
    layers = schema["properties"]["layers"]
    listed = next(part for part in layers["anyOf"] if part.get("type") == "array")
    schema["properties"]["layers"] = {**layers, "anyOf": [*layers["anyOf"], changes(listed)]}


def changes(layers: dict[str, Any]) -> dict[str, Any]:
    """The schema of changes to layers, from that of a list of them."""
    # A copy: references are rewritten in place later, and a second time would be once too often.
    named = deepcopy(layers["items"]["anyOf"][0]["properties"])
    return {
        "type": "object",
        "properties": {name: {"anyOf": [layer, {"type": "null"}]} for name, layer in named.items()},
        "additionalProperties": False,
        "minProperties": 1,
    }
