"""`brownout schema`."""

from __future__ import annotations

import json

from pydantic import BaseModel

from brownout.harness.client import Client
from brownout.harness.files import json_schema
from brownout.harness.scenario import Scenario

KINDS: dict[str, type[BaseModel]] = {"scenario": Scenario, "client": Client}


def schema_of(kind: str) -> str:
    """The published JSON Schema of that kind of file."""
    return json.dumps(json_schema(KINDS[kind]), indent=2, ensure_ascii=False) + "\n"
