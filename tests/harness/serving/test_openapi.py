"""The description of the control port is a document of OpenAPI 3.1, and true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema
from openapi_spec_validator import validate

from brownout.harness.serving.openapi import document
from brownout.harness.serving.operations import OPERATIONS, PREFIX

from ...loops import on_loop
from .hosting import hosted

PAGE = Path(__file__).parents[3] / "docs/serve.md"


def test_it_is_valid() -> None:
    validate(document())


def test_every_operation_is_in_it() -> None:
    found = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    assert found == {(operation.method, PREFIX + operation.path) for operation in OPERATIONS}


def test_a_duration_has_the_form_that_files_have() -> None:
    schema = document()["components"]["schemas"]["FaultBody"]
    assert "for" in schema["properties"]
    assert schema["required"] == ["fault"]


@on_loop
async def test_answers_are_of_the_schemas_that_it_has() -> None:
    async with hosted() as here:
        found = await here.get("openapi.json")
        assert found == document()
        await here.post("faults", fault={"kind": "overload", "share": "50%"}, times=2, key="k", test="t")
        await here.post("faults", fault={"kind": "stall", "for": "10s"}, times=None, **{"for": "1h"})
        await here.ask()
        await here.ask(stream=True)
        for path in ("/state", "/faults", "/journal", "/complaints"):
            matches(found, path, await here.get(path.removeprefix("/")))


def matches(whole: dict[str, Any], path: str, answer: Any) -> None:
    schema = whole["paths"][PREFIX + path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(answer, schema | {"components": whole["components"]})


def test_the_page_has_every_operation() -> None:
    rows = re.findall(r"^\| `([A-Z]+) (\S+?)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(operation.method, operation.path, operation.summary) for operation in OPERATIONS]
