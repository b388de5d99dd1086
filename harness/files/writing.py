"""Models as the text of a file: what a user could have written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML


def written(model: BaseModel, *, is_brief: bool = True) -> str:
    """As YAML, by the names that files use; what is as it would be anyway is left out if it is brief."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None  # what holds nothing but scalars stands in one line
    yaml.width = 200
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    stream = StringIO()
    yaml.dump(_with_numbers(model, plain(model.model_dump(by_alias=True, exclude_defaults=is_brief))), stream)
    return stream.getvalue()


def _with_numbers(model: BaseModel, values: Any) -> Any:
    """With counts such as 1500 as numbers, which would stand in quotes as texts; unless a text is among them that is
    all digits, a name or a version, as a number is none of these."""
    numbers = _numbers(values)
    try:
        return numbers if type(model).model_validate(numbers) == model else values
    except ValidationError:
        return values


def _numbers(value: Any) -> Any:
    match value:
        case dict():
            return {key: _numbers(each) for key, each in value.items()}
        case list():
            return [_numbers(each) for each in value]
        case str() if value.isascii() and value.isdigit() and value == str(int(value)):
            return int(value)
    return value


def plain(value: Any) -> Any:
    """The same of dicts and lists, sets in order."""
    match value:
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case frozenset() | set():
            return sorted(value)
        case str():
            return value
        case Iterable():
            return list(map(plain, value))
    return value
