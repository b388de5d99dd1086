"""The rule of thumb: so many bytes a token, wherever in a request they are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.api.tokens import IMAGE_TOKENS, PAGE_TOKENS, input_tokens
from brownout.fakes.latency import BYTES_PER_TOKEN

from .asking import PARAMS, refused, said, surface

WORD = "x" * BYTES_PER_TOKEN
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": WORD * 99}}
NESTED: Any = WORD
for _ in range(5000):
    NESTED = [{"type": "tool_result", "tool_use_id": "toolu_01", "content": NESTED}]
CONTENTS: list[tuple[Any, int]] = [
    (WORD * 7, 7),
    ([{"type": "text", "text": WORD * 2}, {"type": "text", "text": WORD}], 3),
    ("é" * BYTES_PER_TOKEN, 2),
    ("\ud800" * BYTES_PER_TOKEN, 1),
    ([{"type": "tool_use", "id": "toolu_01", "name": WORD, "input": {WORD: [WORD, {WORD: 1234}], WORD * 2: None}}], 7),
    ([{"type": "tool_result", "tool_use_id": "toolu_01", "content": WORD}], 1),
    ([{"type": "tool_result", "tool_use_id": "toolu_01", "content": [{"type": "text", "text": WORD}, IMAGE]}], 1601),
    ([{"type": "tool_result", "tool_use_id": "toolu_01"}], 1),
    ([{"type": "document", "source": {"type": "text", "data": WORD * 5}, "title": WORD}], 6),
    ([{"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": WORD}]}}], 1),
    ([{"type": "document", "source": {"type": "base64", "data": WORD * 9}, "context": WORD}], PAGE_TOKENS + 1),
    ([{"type": "document"}], PAGE_TOKENS),
    ([IMAGE], IMAGE_TOKENS),
    ([{"type": "thinking", "thinking": WORD * 50, "signature": WORD}, {"type": "text", "text": WORD * 3}], 3),
    ([{"type": "of_next_year"}], 1),
    (NESTED, 1),
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "content"]), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(("content", "tokens"), CONTENTS)
def test_content_counts(content: Any, tokens: int) -> None:
    assert input_tokens({"messages": [{"role": "user", "content": content}]}) == tokens


def test_the_system_every_message_and_the_tools_count() -> None:
    tool = {"name": WORD, "description": WORD * 2, "input_schema": {"type": WORD}, "cache_control": {"type": WORD}}
    turns = [{"role": "user", "content": WORD}, {"role": "assistant", "content": WORD}]
    body = PARAMS | {"messages": turns, "system": [{"type": "text", "text": WORD}], "tools": [tool]}
    assert said(surface(), "POST", "/v1/messages/count_tokens", body) == {"input_tokens": 3 + 5}


@given(anything, anything, anything)
def test_whatever_is_asked_has_a_length(system: Any, messages: Any, tools: Any) -> None:
    assert input_tokens({"system": system, "messages": messages, "tools": tools}) >= 1
    assert input_tokens({"messages": [{"content": messages}], "tools": [tools]}) >= 1


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(text: str, more: str) -> None:
    one, both = (input_tokens({"messages": [{"content": content}]}) for content in (text, text + more))
    assert one <= both <= one + len(more.encode()) // BYTES_PER_TOKEN + 1


@pytest.mark.parametrize("name", ["model", "messages"])
def test_counting_needs_a_prompt(name: str) -> None:
    body = {key: value for key, value in PARAMS.items() if key != name}
    assert name in refused(surface(), "POST", "/v1/messages/count_tokens", body).error.message


def test_counting_needs_no_length() -> None:
    body = {"model": "claude-opus-5", "messages": [{"role": "user", "content": WORD}]}
    assert said(surface(), "POST", "/v1/messages/count_tokens", body) == {"input_tokens": 1}
