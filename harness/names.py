"""What a scenario or a client may be called: its name stands in file names, table heads and on command lines."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

PATTERN = r"^[a-z0-9][a-z0-9-]*$"
_EXPECTED = "a name of small letters, digits and hyphens"


def _checked(name: str) -> str:
    if re.fullmatch(PATTERN.strip("^$"), name):
        return name
    likely = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    hint = f'write "{likely}"' if likely else ""
    raise PydanticCustomError("name", "{text}", {"text": f"expected {_EXPECTED}", "expected": _EXPECTED, "hint": hint})


Name = Annotated[str, AfterValidator(_checked), Field(json_schema_extra={"pattern": PATTERN})]
"""Like `rate-limit-storm`."""
