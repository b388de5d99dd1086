"""Fields whose model depends on a name in the file: layers, faults, whatever is found by name.

A registry maps names to models. It is looked at when a value is validated, not when the field is
declared, so it may be filled later. All of it is pydantic's, and works without a file too:

    layers: list[Annotated[Layer, one_key(LAYERS, "layer")]]     # - retry: {retries: 3}
    faults: list[Annotated[Fault, by_kind(FAULTS, "fault")]]     # - {kind: stall, for: 10s}
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from inspect import cleandoc
from typing import Any, NoReturn

from pydantic import (
    BaseModel,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from .suggest import did_you_mean, nearest, quoted

Registry = Mapping[str, type[BaseModel]]


def one_key(registry: Registry, what: str) -> OneKey:
    """For a mapping with one key, which names the model: ``{retry: {retries: 3}}``.

    The key as a text, or with nothing after it, means the model's defaults. Goes into
    ``Annotated``; ``what`` is what messages call such a thing. The field's value is an instance of
    the registered model, in Python code it may be given as one; serialises to ``{name: {...}}``.
    """
    return OneKey(registry, what)


def by_kind(registry: Registry, what: str, default: str = "") -> ByKind:
    """For a mapping whose key ``kind`` names the model: ``{kind: stall, for: 10s}``.

    Without the key it is the ``default``, if there is one. The model may have a field ``kind`` of
    its own. Goes into ``Annotated``; ``what`` is what messages call such a thing. The field's value
    is an instance of the registered model, in Python code it may be given as one; serialises to the
    same mapping.
    """
    return ByKind(registry, what, default)


@dataclass(frozen=True, slots=True, eq=False)
class _Registered:
    """What both ways of naming a model have in common."""

    registry: Registry
    what: str

    def read(self, value: Any, context: Any) -> BaseModel:
        """The model for what stands in a file. Raises pydantic's ValidationError."""
        raise NotImplementedError

    def write(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        """What stands in a file for a model."""
        raise NotImplementedError

    def describe(self, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The JSON Schema of what may stand in a file."""
        raise NotImplementedError

    def _model(self, name: object, value: object, *loc: str) -> type[BaseModel]:
        if not isinstance(name, str):
            _expect(f"the name of one {self.what}", value, *loc)
        if name not in self.registry:
            known = did_you_mean(name, self.registry)
            _refuse({"text": f"unknown {self.what} {quoted(name)}{known}"}, value, *loc)
        return self.registry[name]

    def _name(self, value: BaseModel) -> str:
        for name, model in self.registry.items():
            if type(value) is model:
                return name
        raise ValueError(f"{type(value).__name__} is registered as no {self.what}")

    def _validate(self, value: Any, info: core_schema.ValidationInfo) -> BaseModel:
        if isinstance(value, BaseModel):
            self._name(value)
            return value
        return self.read(value, info.context)

    def _serialise(self, value: BaseModel, info: core_schema.SerializationInfo) -> dict[str, Any]:
        fields = value.model_dump(
            mode=info.mode,
            context=info.context,
            by_alias=info.by_alias,
            exclude_unset=info.exclude_unset,
            exclude_defaults=info.exclude_defaults,
            exclude_none=info.exclude_none,
            round_trip=info.round_trip,
        )
        return self.write(self._name(value), fields)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        serialise = core_schema.plain_serializer_function_ser_schema(self._serialise, info_arg=True)
        return core_schema.with_info_plain_validator_function(self._validate, serialization=serialise)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return self.describe(handler)


class OneKey(_Registered):
    """See ``one_key``."""

    __slots__ = ()

    def read(self, value: Any, context: Any) -> BaseModel:
        if isinstance(value, str):
            model = self._model(value, value)
            return _keyed(model).validate_python({value: {}}, context=context)[value]
        if not isinstance(value, dict) or not value:
            _expect(f"one {self.what}", value)
        name, *more = value
        for other in more:
            text = f'{quoted(str(other))} is a second key, and one {self.what} has one; add a "- "'
            _refuse({"text": text}, value, other, "[key]")
        model = self._model(name, value, name, "[key]")
        fields = {} if value[name] is None else value[name]
        # As the value of a mapping, so that what is wrong inside is located below the key.
        return _keyed(model).validate_python({name: fields}, context=context)[name]

    def write(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: fields}

    def describe(self, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        properties: dict[str, Any] = {}
        bare = []
        for name, model in self.registry.items():
            properties[name] = _described(model, handler)
            if not any(field.is_required() for field in model.model_fields.values()):
                properties[name] = {"anyOf": [properties[name], {"type": "null"}]}
                bare.append(name)
            if model.__doc__:
                properties[name] = {**properties[name], "description": cleandoc(model.__doc__)}
        # One mapping of which one key is there, not one mapping for each: editors complete better.
        keyed = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        }
        return {"anyOf": [keyed, *([{"enum": bare}] if bare else [])]}


@dataclass(frozen=True, slots=True, eq=False)
class ByKind(_Registered):
    """See ``by_kind``."""

    default: str = ""

    def read(self, value: Any, context: Any) -> BaseModel:
        if not isinstance(value, dict):
            is_name = isinstance(value, str) and value in self.registry
            hint = f"write {{kind: {value}}}" if is_name else ""
            _expect(f"one {self.what}", value, hint=hint)
        if "kind" not in value and self.default:
            value = {"kind": self.default, **value}
        if "kind" not in value:
            wrong = [InitErrorDetails(type="missing", loc=("kind",), input=value)]
            if mistyped := nearest("kind", value):
                wrong.append(InitErrorDetails(type="extra_forbidden", loc=(mistyped,), input=value[mistyped]))
            raise ValidationError.from_exception_data(self.what, wrong)
        model = self._model(value["kind"], value, "kind")
        if not _has_kind(model):
            value = {key: value[key] for key in value if key != "kind"}
        return model.model_validate(value, context=context)

    def write(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        return {"kind": name, **fields}

    def describe(self, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [self._describe(name, handler) for name in self.registry]}

    def _describe(self, name: str, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # A copy, not a reference: to refuse other keys, a schema must name all there are.
        schema = handler.resolve_ref_schema(_described(self.registry[name], handler))
        properties = {**schema.get("properties", {}), "kind": {"const": name, "type": "string"}}
        others = [key for key in schema.get("required", ()) if key != "kind"]
        return {**schema, "properties": properties, "required": [*([] if name == self.default else ["kind"]), *others]}


def _has_kind(model: type[BaseModel]) -> bool:
    return any((field.alias or name) == "kind" for name, field in model.model_fields.items())


_outer: ContextVar[frozenset[type[BaseModel]]] = ContextVar("_outer", default=frozenset())
"""The models whose description is under way."""


def _described(model: type[BaseModel], handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    """The model's JSON Schema."""
    if model in _outer.get():
        return {"type": "object"}  # a layer within itself: without an end, an editor gets no deeper
    token = _outer.set(_outer.get() | {model})
    try:
        return handler(model.__pydantic_core_schema__)
    finally:
        _outer.reset(token)


@cache
def _keyed(model: type[BaseModel]) -> TypeAdapter[dict[str, BaseModel]]:
    return TypeAdapter(dict[str, model])  # type: ignore[valid-type]  # a type known at run time only


def _expect(expected: str, value: object, *loc: str, hint: str = "") -> NoReturn:
    text = f"expected {expected}" + (f"; {hint}" if hint else "")
    _refuse({"text": text, "expected": expected, "hint": hint}, value, *loc)


def _refuse(context: dict[str, Any], value: object, *loc: str) -> NoReturn:
    error = PydanticCustomError("registered", "{text}", context)
    detail = InitErrorDetails(type=error, loc=loc, input=value)
    raise ValidationError.from_exception_data("name", [detail])
