"""A span of OpenTelemetry's as a call, by the attributes of the semantic conventions for generative AI.

They have one for the first token, `gen_ai.response.time_to_first_chunk`; before it there were others, in seconds too,
and events as chunks came. (`gen_ai.content.completion` is none of these: it comes at the end, with a whole answer.)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .calls import Ending, Logged, broken, ending
from .survival import Seen

OPERATION = "gen_ai.operation.name"
GENERATES = frozenset({"chat", "generate_content", "text_completion"})
"""Operations that are one request for an answer; agents and workflows are made of them, tools and embeddings are not
what is waited for here."""
PROVIDER = ("gen_ai.provider.name", "gen_ai.system")
FIRST = (
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.response.time_to_first_token",
    "gen_ai.server.time_to_first_token",
)
FIRST_EVENTS = frozenset(
    {
        "first_token",
        "First Token Stream Event",
        "ai.stream.firstChunk",
        "gen_ai.content.completion.chunk",
        "llm.content.completion.chunk",
    }
)
INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
OUTPUT = ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
MOST = ("gen_ai.request.max_tokens",)
ERRORS = (2, "2", "STATUS_CODE_ERROR")
Object = Mapping[str, Any]


class Span:
    """One span, with what is in it checked as it is asked for."""

    def __init__(self, path: Path, number: int, span: Object) -> None:
        self._path, self._where, self._span = path, f"span {number}", span
        self._attributes = self._pairs(span)
        trace = str(span.get("traceId"))
        self.key, self.parent = ((trace, str(span.get(name) or "")) for name in ("spanId", "parentSpanId"))

    @property
    def generates(self) -> bool:
        """Whether it is a request for an answer; what tells no operation is one if it tells a provider."""
        operation = self._attributes.get(OPERATION)
        if operation is not None:
            return str(operation) in GENERATES
        return any(name in self._attributes for name in PROVIDER)

    def logged(self) -> Logged | None:
        """None of one that failed."""
        end = self._ending()
        if end == "failed":
            return None
        began, ended = (self._nanos(self._span, name) for name in ("startTimeUnixNano", "endTimeUnixNano"))
        if ended <= began:
            raise broken(self._path, self._where, "an end after its start")
        seconds = (ended - began) / 1e9
        first = self._first_token(began)
        return Logged(
            Seen(seconds, end == "whole"),
            first if first is not None and 0.0 < first < seconds else None,  # else it is in another unit
            *(self._count(names) for names in (INPUT, OUTPUT, MOST)),
        )

    def _ending(self) -> Ending:
        status = self._span.get("status")
        kind = self._attributes.get("error.type")
        if not kind and not (isinstance(status, dict) and status.get("code") in ERRORS):
            return "whole"
        raised = (self._pairs(event).get("exception.type") for event in self._events())
        named = ending(str(kind or next(filter(None, raised), "error")))
        return "given up" if named == "given up" else "failed"

    def _first_token(self, began: int) -> float | None:
        for name in FIRST:
            if name in self._attributes:
                return self._number(name)
        came = [
            self._nanos(event, "timeUnixNano") for event in self._events() if str(event.get("name")) in FIRST_EVENTS
        ]
        return (min(came) - began) / 1e9 if came else None

    def _events(self) -> list[Object]:
        return objects(self._path, self._where, self._span, "events")

    def _pairs(self, of: Object) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for pair in objects(self._path, self._where, of, "attributes"):
            value = pair.get("value")
            if isinstance(value, dict) and value:
                found[str(pair.get("key"))] = next(iter(value.values()))
        return found

    def _nanos(self, of: Object, name: str) -> int:
        """Since 1970; a whole number or the text of one, as protobuf's JSON has both."""
        value = of.get(name)
        try:
            found = int(value) if isinstance(value, int | float | str) else -1
        except (ValueError, OverflowError):
            found = -1
        if not 0 < found < 2**64:
            raise broken(self._path, self._where, f"nanoseconds as {name}", value)
        return found

    def _count(self, names: Iterable[str]) -> int | None:
        name = next((name for name in names if name in self._attributes), None)
        return None if name is None else round(self._number(name))

    def _number(self, name: str) -> float:
        value = self._attributes[name]
        try:
            found = float(value)
        except (TypeError, ValueError, OverflowError):
            found = math.nan
        if not 0.0 <= found < math.inf:
            raise broken(self._path, f"{self._where}: {name}", "a number from 0", value)
        return found


def objects(path: Path, where: str, of: Object, name: str) -> list[Object]:
    """A list of them; none where it is left out."""
    found = of.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise broken(path, where, f'"{name}" to be a list of objects')
    return found
