"""How long a prompt is, by the rule of thumb of so many bytes a token; and `POST /v1/messages/count_tokens`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..latency import BYTES_PER_TOKEN
from .messages import prompt
from .plain import Asked, Plain

IMAGE_TOKENS = 1600
"""Of any image: what the service reckons for one of the largest size that it does not scale down."""
PAGE_TOKENS = 2000
"""Of any document whose text the request does not hold: as of one page, in the middle of what the service says."""
_OF_TOOL = ("name", "description", "input_schema")


def count(asked: Asked) -> Plain:
    """The answer to a request to count tokens. Raises `Rejected`."""
    return Plain({"input_tokens": input_tokens(prompt(asked.body))})


def input_tokens(asked: Mapping[str, Any]) -> int:
    """The length of a request's prompt: its system, messages and tools. Takes whatever JSON may be in their place."""
    if (plain := _of_texts(asked)) is not None:
        return max(1, plain // BYTES_PER_TOKEN)
    messages, tools = (_dicts(asked.get(name)) for name in ("messages", "tools"))
    texts = [asked.get("system"), *(message.get("content") for message in messages)]
    offered = sum(_size(tool.get(name)) for tool in tools for name in _OF_TOOL)
    return max(1, (_weight(texts) + offered) // BYTES_PER_TOKEN)


def _of_texts(asked: Mapping[str, Any]) -> int | None:
    """The bytes of a prompt that is messages of plain text and nothing else, as most are; None for any other."""
    if "system" in asked or "tools" in asked:
        return None
    total = 0
    for message in asked["messages"] if type(asked.get("messages")) is list else (None,):
        content = message.get("content") if type(message) is dict else None
        if type(content) is not str:
            return None
        total += len(content) if content.isascii() else _bytes(content)
    return total


def _dicts(value: Any) -> Iterable[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def _weight(content: Any) -> int:
    """The bytes of content, of whatever blocks. Not recursive: JSON can be nested deeper than Python would follow."""
    total, left = 0, [content]
    while left:
        value = left.pop()
        if isinstance(value, str):
            total += _bytes(value)
        elif isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            weight, inner = _of_block(value)
            total += weight
            left += inner
    return total


def _of_block(block: dict[str, Any]) -> tuple[int, list[Any]]:
    """What a block weighs itself, and the content in it."""
    match block.get("type"):
        case "image":
            return IMAGE_TOKENS * BYTES_PER_TOKEN, []
        case "document":
            return _of_document(block.get("source"), [block.get("title"), block.get("context")])
    # Not what was thought in earlier turns, which the service leaves out.
    return _size(block.get("input")), [block.get(name) for name in ("name", "title", "text", "content")]


def _of_document(source: Any, words: list[Any]) -> tuple[int, list[Any]]:
    source = source if isinstance(source, dict) else {}
    match source.get("type"):
        case "text":
            return 0, [*words, source.get("data")]
        case "content":
            return 0, [*words, source.get("content")]
    return PAGE_TOKENS * BYTES_PER_TOKEN, words


def _size(value: Any) -> int:
    """The bytes of JSON, without its punctuation."""
    total, left = 0, [value]
    while left:
        match left.pop():
            case dict() as fields:
                left += [*fields, *fields.values()]
            case list() as items:
                left += items
            case str() as text:
                total += _bytes(text)
            case None:
                pass
            case other:
                total += len(repr(other))
    return total


def _bytes(text: str) -> int:
    return len(text.encode(errors="replace"))  # JSON can say what UTF-8 cannot
