"""Plain data as the text of a file that other programs read."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML


def as_yaml(data: Mapping[str, Any], heading: str = "") -> str:
    """In blocks, keys as they come; whatever a text holds is quoted where it has to be. `heading`: a comment."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.width = 120
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = StringIO()
    yaml.dump(data, stream)
    return "".join(f"# {line}\n" for line in heading.splitlines()) + stream.getvalue()


def literally(text: str) -> str:
    """Text in a template of Go's, which Prometheus makes of every annotation, standing for itself."""
    return text.replace("{{", '{{ "{{" }}')
