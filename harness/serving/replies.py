"""Scripted replies and rules, from bodies to what the fake answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from brownout.fakes.replies import Asked
from brownout.fakes.reply import Block, Reply, Text, Thinking, ToolUse

from .bodies import Part, ReplyBody, RuleBody, TextPart, ThinkingPart, WhenBody


def reply_of(body: str | ReplyBody) -> Reply | str:
    """A text is an answer of that text."""
    if isinstance(body, str):
        return body
    return Reply(tuple(map(_block, body.content)), body.stop_reason, body.stop_sequence, body.usage)


def _block(part: Part) -> Block:
    if isinstance(part, TextPart):
        return Text(part.text)
    if isinstance(part, ThinkingPart):
        return Thinking(part.thinking)
    return ToolUse(part.name, part.input, part.id)


class Rules:
    """An answerer of the fake's: the first rule that is for a request says what is answered."""

    def __init__(self, rules: Sequence[RuleBody]) -> None:
        self._rules = [(rule.when, reply_of(rule.reply)) for rule in rules]

    def __call__(self, asked: Asked) -> Reply | str | None:
        return next((reply for when, reply in self._rules if _is_for(when, asked)), None)


def _is_for(when: WhenBody, asked: Asked) -> bool:
    if when.model is not None and asked["model"] != when.model:
        return False
    last = asked["messages"][-1]["content"]
    if when.has_tool_result is not None and when.has_tool_result != _has_result(last):
        return False
    return when.contains is None or any(when.contains in text for text in _texts(last))


def _has_result(content: str | Sequence[Mapping[str, Any]]) -> bool:
    return not isinstance(content, str) and any(block["type"] == "tool_result" for block in content)


def _texts(content: object) -> Iterator[str]:
    """Everything that is said in a message, results of tools among it."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Sequence):
        for block in content:
            if isinstance(block, Mapping):
                yield from _texts(block.get("text"))
                yield from _texts(block.get("content"))
