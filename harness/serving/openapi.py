"""The OpenAPI document of the control port, made of the table of operations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from ..files.published import AsInFiles
from .operations import JSON, OPERATIONS, PREFIX, Operation

PATH = f"{PREFIX}/openapi.json"
_YAML, _LINES = "application/yaml", "application/x-ndjson"
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message"],
            "properties": {"type": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}
_ABOUT = (
    "Scripts and watches a fake of the Claude API. Bodies are JSON, or YAML as in scenario files. Errors of bodies "
    "tell line and column."
)


@cache
def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    types = list(_types())
    schemas, definitions = TypeAdapter.json_schemas(
        [(number, mode, TypeAdapter(kind)) for number, (mode, kind) in enumerate(types)],
        ref_template="#/components/schemas/{model}",
        schema_generator=AsInFiles,
    )
    of = {id(kind): schemas[number, mode] for number, (mode, kind) in enumerate(types)}
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = _operation(operation, of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Brownout control", "version": "1", "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _types() -> Iterator[tuple[JsonSchemaMode, Any]]:
    for operation in OPERATIONS:
        if operation.body is not None:
            yield "validation", operation.body
        if operation.gives is not None:
            yield "serialization", operation.gives


def _operation(operation: Operation, of: dict[int, Any]) -> dict[str, Any]:
    name = re.sub(r"[{}]", "", operation.path).replace("/", "_")
    found: dict[str, Any] = {
        "operationId": f"{operation.method.lower()}{name}",
        "summary": operation.summary,
        "parameters": [*_parameters(operation)],
        "responses": _responses(operation, of),
    }
    if operation.body is not None:
        content: dict[str, Any] = {JSON: {"schema": of[id(operation.body)]}}
        if operation.takes_file:
            content[_YAML] = {"schema": {"type": "string", "description": "a scenario file"}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for part in operation.path.split("/"):
        if part.startswith("{"):
            yield {"name": part.strip("{}"), "in": "path", "required": True, "schema": {"type": "string"}}
    for name, why in operation.headers.items():
        yield {"name": name, "in": "header", "description": why, "schema": {"type": "string"}}
    if operation.query is not None:
        yield from _of_query(operation.query)


def _of_query(query: type[BaseModel]) -> Iterator[dict[str, Any]]:
    for name, schema in query.model_json_schema()["properties"].items():
        yield {"name": name, "in": "query", "description": schema.pop("description", ""), "schema": schema}


def _responses(operation: Operation, of: dict[int, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.gives is not None:
        kind = _LINES if operation.path == "/journal/stream" else operation.media
        answer["content"] = {kind: {"schema": of[id(operation.gives)]}}
    error = {"description": "An error", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}}
    return {str(operation.status): answer, "4XX": error}
