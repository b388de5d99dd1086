"""Who is answered what: scripted replies in their order, then those of a function, else what the request asks for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from . import continuing
from .api.tools import called
from .draws import Identity
from .reply import Block, Reply, Text, Thinking, ToolUse, said, text_of

Asked: TypeAlias = Mapping[str, Any]
Answerer: TypeAlias = Callable[[Asked], Reply | str | None]
"""Given the body of a request: its answer, or None for the usual one."""


class Replies:
    """What one service says. A scripted reply is for the next request that is answered whole: one that failed, or
    whose stream broke off, gives it back, so that it is there for the retry."""

    def __init__(self) -> None:
        self._script: deque[Reply] = deque()
        self.answerer: Answerer | None = None

    @property
    def left(self) -> int:
        """How many scripted replies nobody has got."""
        return len(self._script)

    def script(self, *replies: Reply | str) -> None:
        """These are next, after those that were scripted before."""
        self._script.extend(map(reply_of, replies))

    def clear(self) -> None:
        """The usual answers again."""
        self._script.clear()
        self.answerer = None

    def to(self, asked: Asked, who: Identity, length: Callable[[Identity], int]) -> tuple[Reply | None, Reply | None]:
        """The reply to a request, None for text of the usual length; and the scripted one, if it is of one, which is to
        be given back if it is not got: whole, for the retry may have room for more. `length` tells the usual one."""
        told = continuing.told(asked)
        if self._script:
            scripted = self._script.popleft()
            return scripted.after(told).limited(asked["max_tokens"]), scripted
        if self.answerer is not None and (found := self.answerer(asked)) is not None:
            return reply_of(found).after(told).limited(asked["max_tokens"]), None
        if "tool_choice" not in asked and "thinking" not in asked and "stop_sequences" not in asked:
            return None, None
        left = max(1, length(who) - continuing.tokens_told(told))
        return _wanted(asked, min(left, asked["max_tokens"])), None

    def give_back(self, scripted: Reply) -> None:
        """Nobody has got it."""
        self._script.appendleft(scripted)


def reply_of(given: Reply | str) -> Reply:
    """A text is a reply of that text."""
    return given if isinstance(given, Reply) else Reply((Text(given),))


def _wanted(asked: Asked, length: int) -> Reply | None:
    """What a request cannot do without: a tool's call, thinking, an end where it says to stop."""
    thinking = asked.get("thinking") or {}
    thought = min(thinking.get("budget_tokens", 0), length // 2) if thinking.get("type") == "enabled" else 0
    tool = _tool(asked)
    if tool is not None:
        before: tuple[Block, ...] = (Thinking(text_of(thought)),) if thought else ()
        return Reply((*before, tool)).limited(asked["max_tokens"])
    if stop := _stopped(text_of(length), asked.get("stop_sequences") or ()):
        return Reply((Text(stop[0]),), "stop_sequence", stop[1])
    if not thought:
        return None
    reply = said(length, thought)
    return Reply(reply.blocks, "max_tokens") if length == asked["max_tokens"] else reply


def _tool(asked: Asked) -> ToolUse | None:
    """The call that the request insists on."""
    choice = asked.get("tool_choice") or {}
    if choice.get("type") not in ("any", "tool"):
        return None
    offered = [tool for tool in asked["tools"] if choice["type"] == "any" or tool["name"] == choice.get("name")]
    return called(offered[0])


def _stopped(text: str, sequences: Iterable[str]) -> tuple[str, str] | None:
    """The text before the first of the sequences in it, and that sequence."""
    found = [(text.index(each), each) for each in sequences if each and each in text]
    if not found:
        return None
    at, sequence = min(found)
    return text[:at], sequence
