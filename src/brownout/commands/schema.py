"""`brownout schema`."""

from __future__ import annotations

import json

from pydantic import BaseModel

from brownout.harness import results
from brownout.harness.alerts.file import RuleFile
from brownout.harness.claims.claim import Claim
from brownout.harness.client import Client
from brownout.harness.files import json_schema
from brownout.harness.fleet import Fleet
from brownout.harness.scenario import Scenario

KINDS: dict[str, type[BaseModel]] = {
    "scenario": Scenario,
    "client": Client,
    "fleet": Fleet,
    "rule": RuleFile,
    "claim": Claim,
}
"""Those that people write."""


def schema_of(kind: str) -> str:
    """The published JSON Schema of that kind of file, or of `run.json`."""
    found = results.schema() if kind == "run" else json_schema(KINDS[kind])
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
