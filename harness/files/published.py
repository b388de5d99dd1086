"""The JSON Schema of a model: published for editors, and asked what a file may hold at a place.

That the loader's guesses come from the published schema means an editor and the loader never
disagree on which keys there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from pydantic import BaseModel, PydanticInvalidForJsonSchema
from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaValue,
    JsonSchemaWarningKind,
    NoDefault,
)
from pydantic_core import SchemaSerializer, core_schema

from .errors import Location
from .tree import Node, Scalar, child

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON Schema, draft 2020-12, of what may stand in a file; fresh for each call.

    Its title is the model's, its description the model's docstring. Raises pydantic's
    PydanticInvalidForJsonSchema for a model with a field that no file could hold.
    """
    schema = model.model_json_schema(schema_generator=AsInFiles)
    return {"$schema": DIALECT, "title": schema.pop("title", model.__name__), **schema}


class AsInFiles(GenerateJsonSchema):
    """Writes defaults as a file would: ``"10s"``, for pydantic's 10.0, which no file may hold."""

    def emit_warning(self, kind: JsonSchemaWarningKind, detail: str) -> None:
        """Says nothing: a default that cannot be written is left out, and that is all."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        default = self.get_default_value(schema)
        if default is NoDefault or isinstance(default, BaseModel | Set):
            return super().default_schema(schema)  # which knows models, and sorts sets
        try:
            written = SchemaSerializer(schema["schema"]).to_python(default, mode="json", by_alias=self.by_alias)
        except Exception:
            # A part of a schema with references to the whole cannot be built alone, and a default
            # need not be valid. Editors then show pydantic's rendering of it, or none.
            return super().default_schema(schema)
        return {**self.generate_inner(schema["schema"]), "default": written}


class Published:
    """What the schema of a model allows at places of a file."""

    def __init__(self, schema: dict[str, Any], root: Node) -> None:
        self._root = root
        self._schema = schema
        self._definitions: dict[str, Any] = schema.get("$defs", {})

    def keys(self, loc: Location, beside: str | None = None) -> set[str]:
        """The keys a mapping may have there, of a union those beside the key given; empty if any, or if it is none."""
        found: set[str] = set()
        for schema in self._at(loc):
            keys = schema.get("properties", {}).keys()
            if beside is None or beside in keys:
                found |= keys
        return found

    def names(self, loc: Location) -> list[str]:
        """The texts of which one must stand there; empty if any text may."""
        found: list[str] = []
        for schema in self._at(loc):
            choices = schema.get("enum", [schema["const"]] if "const" in schema else [])
            found += [name for name in choices if isinstance(name, str) and name not in found]
        return found

    def is_number(self, loc: Location) -> bool:
        """Whether a number must stand there, and true or false may not."""
        types = {schema.get("type") for schema in self._at(loc)} - {"null"}
        return bool(types) and types <= {"integer", "number"}

    def _at(self, loc: Location) -> list[dict[str, Any]]:
        node: Node | None = self._root
        schemas = self._alternatives([self._schema], node)
        for step in loc:
            node = child(node, step) if node else None
            inner = [part for schema in schemas for part in _inside(schema, step)]
            schemas = self._alternatives(inner, node)
        return schemas

    def _alternatives(self, schemas: list[dict[str, Any]], node: Node | None) -> list[dict[str, Any]]:
        """The schemas without references and unions, and of them those meant by the node."""
        flat = [part for schema in schemas for part in self._flat(schema)]
        scores = [_agreement(schema, node) for schema in flat]
        return [schema for schema, score in zip(flat, scores, strict=True) if score == max(scores)]

    def _flat(self, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        parts = [part for name in ("anyOf", "oneOf", "allOf") for part in schema.get(name, ())]
        if reference := schema.get("$ref"):
            parts.append(self._definitions.get(reference.rpartition("/")[2], {}))
        for part in parts:
            yield from self._flat(part)
        if not parts:
            yield schema


def _inside(schema: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    """What the schema says of the value at a key or index."""
    if isinstance(step, int):
        prefix = schema.get("prefixItems", ())
        found = prefix[step] if step < len(prefix) else schema.get("items")
    else:
        found = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    if isinstance(found, dict):
        yield found


def _agreement(schema: dict[str, Any], node: Node | None) -> float:
    """How far the mapping has the constants in the schema, and denies none. The first counts for more than all others
    together, as a ``kind`` does."""
    score, weight = 0.0, 1.0
    for key, part in schema.get("properties", {}).items():
        value = child(node, key) if node else None
        if "const" in part and isinstance(value, Scalar):
            score += weight if value.value == part["const"] else -weight
            weight /= 2
    return score


def published(model: type[BaseModel], root: Node) -> Published:
    """What the model's schema allows in the file; of a model without schema nothing is known."""
    try:
        return Published(json_schema(model), root)
    except PydanticInvalidForJsonSchema:
        return Published({}, root)
