"""What an answer says: blocks of text, thinking and tool calls, each in pieces, one a token. A value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal, TypeAlias

WORDS = tuple(re.findall(r"\S+", "The lamps went dim at nine and nobody in the tower could say for how long ."))
"""What the fake says, over and over; one word is one token."""
StopReason = Literal["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal"]

_TOKEN = re.compile(r"\s*\S+\s*")
_LONGEST = 12
"""Characters of a piece of JSON, which has few blanks to be cut at."""


def text_of(tokens: int, told: int = 0) -> str:
    """A text of that many tokens, that goes on where one of `told` has ended."""
    words = WORDS[told % len(WORDS) :] + WORDS[: told % len(WORDS)]
    whole, rest = divmod(tokens, len(WORDS))
    return (" ".join(words) + " ") * whole + " ".join(words[:rest])


@dataclass(frozen=True)
class Text:
    """What is said."""

    text: str

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Together the text: a word each, blanks with it."""
        return tuple(_TOKEN.findall(self.text)) or (self.text,) * bool(self.text)


@dataclass(frozen=True)
class Thinking:
    """What is thought before; its signature ends it."""

    text: str

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        return Text(self.text).pieces

    @property
    def signature(self) -> str:
        """Of the form that the service's have; the same for the same thought."""
        return "Er" + blake2b(self.text.encode(errors="replace"), digest_size=48).hexdigest()


@dataclass(frozen=True)
class ToolUse:
    """A call of a tool that the request has offered, or of any other."""

    name: str
    input: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    """Empty: one is made of the rest."""

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Together the input as JSON; as the service does it, the first is empty."""
        whole = json.dumps(self.input, ensure_ascii=False, separators=(", ", ": "))
        return ("", *(whole[i : i + _LONGEST] for i in range(0, len(whole), _LONGEST)))

    @cached_property
    def identifier(self) -> str:
        """`toolu_01...`"""
        if self.id:
            return self.id
        made = f"{self.name}/{json.dumps(self.input, sort_keys=True)}".encode(errors="replace")
        return f"toolu_01{blake2b(made, digest_size=11).hexdigest()}"


Block: TypeAlias = Text | Thinking | ToolUse


@dataclass(frozen=True)
class Reply:
    """A whole answer. `usage` is what its usage has besides, or instead: `cache_read_input_tokens`, for one."""

    blocks: tuple[Block, ...]
    stop_reason: StopReason | None = None
    """Not given: `tool_use` where the last block is one, else `end_turn`."""
    stop_sequence: str | None = None
    usage: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> int:
        """How long it is."""
        return sum(len(block.pieces) for block in self.blocks)

    @property
    def ends_with(self) -> StopReason:
        """Why it stops."""
        if self.stop_reason is not None:
            return self.stop_reason
        return "tool_use" if self.blocks and isinstance(self.blocks[-1], ToolUse) else "end_turn"

    def after(self, told: str) -> Reply:
        """What is left of it for whoever has been told its beginning; all of it, if it begins in another way."""
        first, *others = self.blocks or (Text(""),)
        told = told.rstrip()
        if not (told and isinstance(first, Text) and first.text.startswith(told)):
            return self
        left = Text(first.text[len(told) :].lstrip())
        return replace(self, blocks=(left, *others) if left.text or not others else tuple(others))

    def limited(self, tokens: int) -> Reply:
        """The same, cut off at so many tokens: a tool's input then is no JSON any more, as at the service."""
        if self.tokens <= tokens:
            return self
        kept: list[Block] = []
        for block in self.blocks:
            left = tokens - sum(len(each.pieces) for each in kept)
            if left <= 0:
                break
            kept.append(block if len(block.pieces) <= left else _cut(block, left))
        return Reply(tuple(kept), "max_tokens", None, self.usage)


@dataclass(frozen=True)
class _CutToolUse(ToolUse):
    """One whose input was never told to the end."""

    told: tuple[str, ...] = ()

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        return self.told


def _cut(block: Block, pieces: int) -> Block:
    if isinstance(block, ToolUse):
        return _CutToolUse(block.name, {}, block.identifier, block.pieces[:pieces])
    return type(block)("".join(block.pieces[:pieces]))


def said(tokens: int, thought: int = 0) -> Reply:
    """Text of so many tokens, of which the first `thought` are thinking."""
    blocks: tuple[Block, ...] = (Thinking(text_of(thought)),) if thought else ()
    return Reply((*blocks, Text(text_of(max(1, tokens - thought)))))
