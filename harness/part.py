"""What files of results are made of."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, WithJsonSchema, field_validator

FROM_FILE = "a file"
"""The context of what somebody else may have written: what has no place in it is refused."""
TO_FILE = "for a file"
"""The context of what we write: characters that could not be read again are replaced, and the run stands."""
MOST = 1e18
"""In size, of every number in a file: sums of more, and what is drawn of them, have no end."""

_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that drive a terminal, end a line where none should end, or cannot be written at all."""


class Part(BaseModel):
    """A frozen record that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    @field_validator("*", mode="before")
    @classmethod
    def _fit_to_be_shown(cls, value: Any, info: ValidationInfo) -> Any:
        return _fit(value, info.context == FROM_FILE) if info.context in (FROM_FILE, TO_FILE) else value


def _fit(value: Any, is_file: bool) -> Any:
    """Parts in it look after themselves."""
    if isinstance(value, str):
        return _text(value, is_file)
    if isinstance(value, list):
        return [each if isinstance(each, dict) else _fit(each, is_file) for each in value]
    if isinstance(value, dict):
        fit = {_fit(key, is_file): each for key, each in value.items()}
        return {key: each if isinstance(each, dict) else _fit(each, is_file) for key, each in fit.items()}
    if is_file and isinstance(value, int | float) and MOST < abs(value) < math.inf:
        raise ValueError(f"expected a number of at most {MOST:g}")
    return value


def _text(text: str, is_file: bool) -> str:
    if not _NO_TEXT.search(text):
        return text
    if is_file:
        raise ValueError("expected text without control characters")
    return _NO_TEXT.sub("\ufffd", text)


def keep(path: Path, text: str) -> None:
    """Write a file of results, whole or not at all. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _a_number(value: float) -> float:
    if value != value:
        raise ValueError("not a number")
    return value


Figure = Annotated[
    float,
    AfterValidator(_a_number),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"enum": ["Infinity", "-Infinity"]}]}),
]
"""A number, or `"Infinity"` for what never happens: JSON itself has no word for it."""


class Estimate(Part):
    """A figure over all seeds with its 95% interval. No bounds where there were too few runs, or one was infinite."""

    value: Figure
    low: Figure | None = None
    high: Figure | None = None
