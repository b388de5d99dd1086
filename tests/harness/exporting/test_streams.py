"""What the owner of an exported program calls: texts as they come, breaks with what had come, and blocking code."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from typing import Any

import anthropic
import pytest

import brownout
from brownout import faults
from brownout.harness.exporting import export
from brownout.harness.testing.service import Service

from .test_jitter import module_of
from .variants import client_of

ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 40,
    "messages": [{"role": "user", "content": "Hello"}],
}
ON = "[overloaded, stream_before_text, stream_after_text]"
CODE: Any = module_of(
    export(
        client_of(
            "mine",
            "deadline: {total: 60s}",
            "breaker: {failures: 9}",
            f"retry: {{retries: 2, backoff: {{base: 1s, jitter: none}}, on: {ON}}}",
            "content_gap: {limit: 5s}",
        ),
        "python",
    ),
    "exported_streams",
)


@pytest.fixture
def whole() -> str:
    """What an answer says that nothing goes wrong with."""
    with brownout.virtual() as service:
        service.answers(tokens=12)
        return str(asyncio.run(once()).content[0].text)


async def once(**more: Any) -> Any:
    return await CODE.Claude(api_key="none").stream(**more, **ASK)


@pytest.mark.parametrize(
    "fault", [faults.truncate(at={"tokens": 5}), faults.stall(at={"tokens": 5}), faults.stream_error(at={"tokens": 5})]
)
def test_who_waits_for_the_end_has_it_whole(whole: str, fault: Any) -> None:
    """Nobody has seen anything of the first try."""
    with brownout.virtual() as service:
        service.answers(tokens=12)
        service.next(fault)
        assert asyncio.run(once()).content[0].text == whole
        assert len(service.requests) == 2


@pytest.mark.parametrize("fault", [faults.truncate(at={"tokens": 5}), faults.stall(at={"tokens": 5}, pings="1s")])
def test_who_has_seen_a_part_is_told_of_the_break(whole: str, fault: Any) -> None:
    """Nothing comes twice, and the error knows what had come."""
    seen: list[str] = []
    with brownout.virtual() as service:
        service.answers(tokens=12)
        service.next(fault)
        with pytest.raises(CODE.StreamBroken) as broken:
            asyncio.run(once(on_text=seen.append))
        assert len(service.requests) == 1
    assert "".join(seen) == broken.value.partial != ""
    assert whole.startswith(broken.value.partial)
    assert isinstance(broken.value, anthropic.AnthropicError)


def test_a_break_before_the_text_is_not_seen(whole: str) -> None:
    with brownout.virtual() as service:
        service.answers(tokens=12)
        service.next(faults.stream_error(at={"tokens": 0}))
        service.next(faults.overload())
        assert asyncio.run(texts()) == whole
        assert [request.status for request in service.requests] == [200, 529, 200]


async def texts(most: int = 1000) -> str:
    """The text as an iterator, as far as so many pieces."""
    claude, found = CODE.Claude(api_key="none"), ""
    async with aclosing(claude.text(**ASK)) as pieces:
        async for piece in pieces:
            found += piece
            most -= 1
            if not most:
                break
    await claude.close()
    return found


def test_who_leaves_early_takes_no_more(whole: str) -> None:
    """The request is called off, and the breaker is none the wiser."""
    with brownout.virtual() as service:
        service.answers(tokens=12, token_gap="1s")
        left = asyncio.run(texts(most=2))
        assert left
        assert whole.startswith(left)
        assert service.now < 5.0


def test_a_slow_reader_is_no_stall(whole: str) -> None:
    """Who takes a minute for each piece has all of it, although nothing may be silent for five seconds."""

    async def slowly() -> str:
        found = ""
        async for piece in CODE.Claude(api_key="none").text(**ASK):
            found += piece
            await asyncio.sleep(60.0)
        return found

    with brownout.virtual() as service:
        service.answers(tokens=12)
        assert asyncio.run(slowly()) == whole


def test_a_deadline_tells_what_had_come(whole: str) -> None:
    seen: list[str] = []
    with brownout.virtual() as service:
        service.answers(tokens=40, token_gap="4s")
        with pytest.raises(CODE.DeadlineExceeded) as late:
            asyncio.run(once(on_text=seen.append))
        assert service.now == pytest.approx(60.0)
    assert late.value.partial == "".join(seen) != ""


def test_blocking_code_shares_one_client_between_threads(whole: str) -> None:
    """With limits that hold: a trickle is ended by its deadline."""
    answers: list[Any] = []
    with brownout.virtual() as service:
        claude = CODE.BlockingClaude(api_key="none")
        service.answers(tokens=12)
        threads = [threading.Thread(target=lambda: answers.append(claude.create(**ASK))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert claude.stream(**ASK).content[0].text == whole
        service.next(faults.trickle(every="10s"))
        began = service.now
        with pytest.raises(CODE.DeadlineExceeded):
            claude.create(**ASK)
        assert service.now - began == pytest.approx(60.0)
        claude.close()
    assert [answer.content[0].text.strip() for answer in answers] == [whole.strip()] * 3


def test_a_mistake_of_the_programs_own_is_no_failure(service: Service) -> None:
    """A request that the SDK refuses says nothing of the service, however often it is made."""

    async def wrong() -> None:
        claude = CODE.Claude(api_key="none")
        for _ in range(20):
            with pytest.raises(TypeError):
                await claude.create(nonsense=True, **ASK)
        assert (await claude.create(**ASK)).type == "message"

    asyncio.run(wrong())
    assert len(service.requests) == 1


@pytest.fixture
def service() -> Any:
    with brownout.virtual() as service:
        yield service
