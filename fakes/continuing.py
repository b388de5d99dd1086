"""Answers that are asked for from the middle on: who lost a stream has its beginning, and wants the rest.

Up to version 4.5 a model goes on with a last turn that is the assistant's own (a prefill). Those after it refuse that
with a 400 and are asked by a turn of the user's, which says that the answer was interrupted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .reply import text_of

LAST_WITH_PREFILL = (4, 5)
NO_PREFILL = "This model does not support assistant message prefill. The conversation must end with a user message."

_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2})(?!\d))?(?!\d)")
_INTERRUPTED = re.compile(r"\b(interrupted|(cut|broke|broken|left) off)\b", re.IGNORECASE)
_GO_ON = re.compile(r"\b(continue|go on|carry on|resume)\b", re.IGNORECASE)


def version_of(model: str) -> tuple[int, int] | None:
    """Major and minor version by a model's name; None for a name that does not say."""
    found = _VERSION.search(model)
    return None if found is None else (int(found[1]), int(found[2] or 0))


def takes_prefill(model: str) -> bool | None:
    """Whether it goes on with a turn of its own; None where its name does not say."""
    version = version_of(model)
    return None if version is None else version <= LAST_WITH_PREFILL


def told(asked: Mapping[str, Any]) -> str:
    """The text that a checked request wants gone on with; "" for none."""
    messages = asked["messages"]
    last = messages[-1]
    if last["role"] == "assistant":
        return _text(last)
    if len(messages) < 2 or messages[-2]["role"] != "assistant":
        return ""
    said = _text(last)
    return _text(messages[-2]) if _INTERRUPTED.search(said) and _GO_ON.search(said) else ""


def tokens_told(text: str) -> int:
    """Of how many tokens that text is the beginning of what the fake says; 0 for any other."""
    words = len(text.split())
    return words if text_of(words).rstrip() == text.rstrip() else 0


def _text(message: Mapping[str, Any]) -> str:
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(block.get("text", "") for block in content if block["type"] == "text")
