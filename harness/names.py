"""Names that several kinds of file share: those of calls, and what a scenario or a client may be called.

The latter stands in file names, table heads and on command lines.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

PROFILES = ("chat", "background", "realtime", "agentic")
"""The kinds of call that a workload may make and a client may treat each in its own way."""

PATTERN = r"^[a-z0-9][a-z0-9-]{0,59}$"
_EXPECTED = "a name of small letters, digits and hyphens"


def likely(words: str) -> str:
    """What somebody may be called of whom so much is known; "" if nothing of it can stand in a name."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].rstrip("-")


def _checked(name: str) -> str:
    if re.fullmatch(PATTERN.strip("^$"), name):
        return name
    hint = f'write "{found}"' if (found := likely(name)) else ""
    raise PydanticCustomError("name", "{text}", {"text": f"expected {_EXPECTED}", "expected": _EXPECTED, "hint": hint})


Name = Annotated[str, AfterValidator(_checked), Field(json_schema_extra={"pattern": PATTERN})]
"""Like `rate-limit-storm`."""
