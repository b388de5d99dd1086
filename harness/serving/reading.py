"""Bodies and queries of control requests, checked; what is wrong is said as the loader of files says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, ValidationError

from .. import files

M = TypeVar("M", bound=BaseModel)

LARGEST_BODY = 256 * 1024
"""Bytes. The server that is scripted waits while they are read, and YAML takes 10 ms for a KiB at worst."""
_ODD_JSON = re.compile(rb"\t|\\u[dD][89a-fA-F]")
"""What JSON may hold, and YAML reads otherwise: tabs between values, characters written as two halves."""


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.kind, self.headers = status, kind, headers or {}


def body(data: bytes, model: type[M]) -> M:
    """Raises `files.FileError`, with lines and columns of the body."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return files.loads(data, model, "body")
    try:
        return model.model_validate(found)
    except ValidationError as error:
        files.loads(orjson.dumps(found) if _ODD_JSON.search(data) else data, model, "body")
        raise Refused(422, "invalid", str(error)) from None  # YAML sees nothing wrong with it


def query(text: str, model: type[M]) -> M:
    """Raises `Refused`."""
    try:
        return model.model_validate(dict(parse_qsl(text)))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise Refused(422, "invalid", "; ".join(wrong)) from None
    except ValueError as error:  # too many fields
        raise Refused(422, "invalid", str(error)) from None
