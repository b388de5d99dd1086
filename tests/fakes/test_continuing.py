"""Who has the beginning of an answer and asks for the rest gets it: the two together are the whole."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.api import messages
from brownout.fakes.api.plain import Rejected
from brownout.fakes.continuing import NO_PREFILL, takes_prefill, tokens_told, told, version_of
from brownout.fakes.draws import Identity
from brownout.fakes.replies import Replies
from brownout.fakes.reply import Reply, Text, Thinking, text_of
from brownout.harness.policies.resuming import Rest

USER = {"role": "user", "content": "Tell me."}
MODELS = {
    "claude-fable-5-1": (5, 1),
    "claude-opus-5": (5, 0),
    "claude-sonnet-4-6": (4, 6),
    "claude-haiku-4-5-20251001": (4, 5),
    "claude-opus-4-20250514": (4, 0),
    "claude-3-7-sonnet-latest": (3, 7),
    "claude-3-opus-20240229": (3, 0),
    "claude-2.1": (2, 1),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": (4, 5),
    "gateway/claude-opus-4-6@20260101": (4, 6),
    "my-model": None,
}


class Stream:
    """One that broke off after that text."""

    is_resumable, last_text = True, 0.0

    def __init__(self, told: str) -> None:
        self.told = told


def resumed(model: str, told: str = "The lamps ") -> dict[str, Any]:
    """What a resilient client asks for then."""
    given = {"model": model, "max_tokens": 100, "messages": [USER]}
    return Rest(2, Stream(told)).request(given)


@pytest.mark.parametrize(("model", "version"), MODELS.items())
def test_a_model_says_its_version(model: str, version: tuple[int, int] | None) -> None:
    assert version_of(model) == version
    assert takes_prefill(model) == (None if version is None else version <= (4, 5))


@pytest.mark.parametrize("model", MODELS)
def test_what_we_ask_is_understood(model: str) -> None:
    """By the fake, as by the service: a prefill where the model takes one, else the user's turn."""
    asked = resumed(model)
    assert told(messages.created(asked)) == "The lamps"


@pytest.mark.parametrize("model", ["claude-opus-5", "claude-sonnet-4-6"])
def test_a_later_model_refuses_a_prefill(model: str) -> None:
    asked = {"model": model, "max_tokens": 1, "messages": [USER, {"role": "assistant", "content": "The"}]}
    for check, body in ((messages.created, asked), (messages.create, orjson.dumps(asked))):
        with pytest.raises(Rejected) as refused:
            check(body)
        assert (refused.value.status, refused.value.error.message) == (400, NO_PREFILL)


@pytest.mark.parametrize(
    "turns",
    [
        [USER],
        [USER, {"role": "assistant", "content": "The"}, {"role": "user", "content": "Continue with the next one."}],
        [USER, {"role": "assistant", "content": "The"}, {"role": "user", "content": "I was interrupted."}],
        [{"role": "user", "content": "It was cut off, please continue."}],
    ],
)
def test_an_ordinary_conversation_asks_for_a_whole_answer(turns: list[dict[str, Any]]) -> None:
    assert told({"messages": turns}) == ""


@given(first=st.integers(0, 60), rest=st.integers(0, 60))
def test_a_text_goes_on_where_it_ended(first: int, rest: int) -> None:
    whole = text_of(first + rest).split()
    assert text_of(first).split() + text_of(rest, first).split() == whole
    assert tokens_told(text_of(first) + " ") == first


def test_another_text_is_not_gone_on_with() -> None:
    assert tokens_told("Once upon a time") == 0
    assert tokens_told('{"answer":') == 0


TEXTS = st.text(st.sampled_from("ab \n"), min_size=1, max_size=12).filter(str.strip)


@given(text=TEXTS, at=st.integers(0, 12), is_last=st.booleans())
def test_a_scripted_reply_goes_on_too(text: str, at: int, is_last: bool) -> None:
    """With what was told it is the whole, but for blanks between; whatever comes behind its text is there."""
    others = () if is_last else (Thinking("so"),)
    reply = Reply((Text(text), *others))
    before = text[:at]
    rest = reply.after(before)
    said = "".join(block.text for block in rest.blocks if isinstance(block, Text))
    assert "".join((before.rstrip() + said).split()) == "".join(text.split())
    assert [block for block in rest.blocks if isinstance(block, Thinking)] == list(others)


def test_a_script_is_gone_on_with_by_whoever_asks_for_its_rest() -> None:
    replies = Replies()
    replies.script("one two three", "another")
    asked = resumed("claude-sonnet-5-5", "one two ")
    rest, scripted = replies.to(messages.created(asked), Identity(0, 0), lambda who: 5)
    assert rest == Reply((Text("three"),))
    assert scripted == Reply((Text("one two three"),))
    other, _ = replies.to(messages.created(asked), Identity(0, 1), lambda who: 5)
    assert other == Reply((Text("another"),))
