"""A log as OpenTelemetry's traces, in OTLP/JSON as file exporters write them: one document, or one a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from .calls import Log, LogError, broken, shown
from .spans import OPERATION, PROVIDER, Object, Span, objects


def read(path: Path) -> Log:
    """Raises `LogError`, and `OSError` where the file cannot be read."""
    spans = [Span(path, number, span) for number, span in enumerate(_spans(path), 1)]
    asked = [span for span in spans if span.generates]
    if not asked:
        raise LogError(f"{path}: there is no call in it: no span has {OPERATION} or {PROVIDER[0]}")
    # Of a span around the request of another library only the inner one counts, else the call would be there twice.
    around = {span.parent for span in asked if span.parent[1]}
    calls = [span for span in asked if span.key not in around]
    found = [call for span in calls if (call := span.logged()) is not None]
    return Log(found, len(calls) - len(found))


def _spans(path: Path) -> Iterator[Object]:
    for where, document in _documents(path):
        if not isinstance(document, dict) or "resourceSpans" not in document:
            raise broken(path, where, 'a document of OpenTelemetry, with "resourceSpans"')
        for resource in objects(path, where, document, "resourceSpans"):
            for scope in objects(path, where, resource, "scopeSpans"):
                yield from objects(path, where, scope, "spans")


def _documents(path: Path) -> Iterator[tuple[str, Any]]:
    """The whole file, else each of its lines."""
    data = path.read_bytes()
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    try:
        yield "document", orjson.loads(data)
        return
    except orjson.JSONDecodeError as error:
        whole = error
    for number, line in lines:
        try:
            yield f"line {number}", orjson.loads(line)
        except orjson.JSONDecodeError as error:
            said = whole if number == lines[0][0] else error
            place = "" if said is whole else f"line {number}: "
            raise LogError(f"{path}: {place}is no JSON: {shown(said)}") from None
