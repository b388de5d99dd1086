"""A whole message as the events of a stream: for whoever asked for a stream where the layers have asked for none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from anthropic import types

_NOT_YET: dict[str, Any] = {"content": [], "stop_reason": None, "stop_sequence": None}
_EMPTY: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "tool_use": {"input": {}},
    "server_tool_use": {"input": {}},
}
"""What a block has of what its deltas bring; other kinds come with their beginning."""


def events_of(message: Any) -> Iterator[Any]:
    """From `message_start` to `message_stop`, each block in as few deltas as there can be."""
    yield types.RawMessageStartEvent(type="message_start", message=message.model_copy(update=_NOT_YET))
    for index, block in enumerate(message.content):
        empty = block.model_copy(update=_EMPTY.get(block.type, {}))
        if getattr(block, "citations", None):
            empty.citations = None
        yield types.RawContentBlockStartEvent.model_construct(
            type="content_block_start", index=index, content_block=empty
        )
        for delta in _deltas(block):
            yield types.RawContentBlockDeltaEvent(type="content_block_delta", index=index, delta=delta)
        yield types.RawContentBlockStopEvent(type="content_block_stop", index=index)
    yield types.RawMessageDeltaEvent.model_construct(
        type="message_delta",
        delta=types.raw_message_delta_event.Delta.model_construct(
            stop_reason=message.stop_reason, stop_sequence=message.stop_sequence, container=None, stop_details=None
        ),
        usage=types.MessageDeltaUsage.model_construct(**_used(message.usage)),
    )
    yield types.RawMessageStopEvent(type="message_stop")


def _deltas(block: Any) -> Iterator[Any]:
    match block.type:
        case "text":
            for citation in block.citations or ():
                yield types.CitationsDelta(type="citations_delta", citation=citation)
            yield types.TextDelta(type="text_delta", text=block.text)
        case "thinking":
            yield types.ThinkingDelta(type="thinking_delta", thinking=block.thinking)
            yield types.SignatureDelta(type="signature_delta", signature=block.signature)
        case "tool_use" | "server_tool_use":
            yield types.InputJSONDelta(type="input_json_delta", partial_json=json.dumps(block.input))


def _used(usage: Any) -> dict[str, Any]:
    """Its fields that a `message_delta` has, too."""
    return {name: getattr(usage, name, None) for name in types.MessageDeltaUsage.model_fields}
