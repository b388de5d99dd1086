"""The right answer under a wrong `content-type`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..plan import Head, Plan
from ..refusal import TypeText
from .base import Fault


class WrongType(Fault):
    """The answer is as it should be, but for the type that is said of it."""

    kind: Literal["wrong_type"] = "wrong_type"
    at: Literal["before_headers"] = "before_headers"
    content_type: Annotated[
        Literal["none"] | TypeText, Field(description="what is said; `none` for no such header")
    ] = "text/plain"
    example: ClassVar[dict[str, Any]] = {"kind": "wrong_type", "content_type": "text/plain"}

    def instead(self, rest: Plan) -> Plan | None:
        said = "" if self.content_type == "none" else self.content_type
        first, *others = rest
        if not isinstance(first, Head) or first.status != 200:
            return None
        return (replace(first, fields=(("content-type", said),)), *others)
