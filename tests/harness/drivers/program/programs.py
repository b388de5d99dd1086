"""Programs of all kinds, each with one idea. A test finds them by their names in this file."""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import anthropic

ASK: Any = {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Hello"}]}

sdk = anthropic.Anthropic(max_retries=0)
lock = threading.Lock()
pool = ThreadPoolExecutor(8)


# -- ways to be called


async def coroutine(prompt: str) -> object:
    return await anthropic.AsyncAnthropic(max_retries=0).messages.create(**ASK)


def function(prompt: str) -> object:
    return sdk.messages.create(**ASK)


async def asynchronous_generator(prompt: str) -> AsyncIterator[str]:
    async with anthropic.AsyncAnthropic(max_retries=0).messages.stream(**ASK) as events:
        async for text in events.text_stream:
            yield text


def generator(prompt: str) -> Iterator[str]:
    with sdk.messages.stream(**ASK) as events:
        yield from events.text_stream


class Asked:
    def ask(self, prompt: str) -> object:
        return function(prompt)


class Called:
    async def __call__(self, prompt: str) -> object:
        return await coroutine(prompt)


class Static:
    @staticmethod
    def ask(prompt: str) -> object:
        return function(prompt)


class OfTheClass:
    @classmethod
    async def ask(cls, prompt: str) -> object:
        return await coroutine(prompt)


an_object = Asked()
an_object_that_is_called = Called()
part_of_a_function = functools.partial(sdk.messages.create, **ASK)


def messages(messages: list[dict[str, str]]) -> object:
    return sdk.messages.create(**(ASK | {"messages": messages}))


def nothing_given() -> object:
    return sdk.messages.create(**ASK)


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **given: Any) -> Any:
        return function(*args, **given)

    return wrapper


wrapped_function, wrapped_coroutine = wrapped(function), wrapped(coroutine)


def wrapped_without_a_name(*args: Any, **given: Any) -> object:
    return function(*args, **given)


def everything_by_name(prompt: str, *, max_tokens: int, stream: bool, deadline: float, profile: str) -> object:
    assert max_tokens >= 1
    assert isinstance(stream, bool)
    assert 9.0 < deadline <= 10.0
    assert profile == "chat"
    return function(prompt)


# -- what they do meanwhile


def in_a_thread_of_its_own(prompt: str) -> object:
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(function(prompt)))
    thread.start()
    thread.join()
    return answers[0]


def in_an_executor(prompt: str) -> object:
    return pool.submit(function, prompt).result()


async def in_an_executor_of_the_loop(prompt: str) -> object:
    return await asyncio.get_running_loop().run_in_executor(None, function, prompt)


def under_a_lock(prompt: str) -> object:
    with lock:
        return function(prompt)


async def holds_up_its_loop(prompt: str) -> object:
    time.sleep(0.05)
    return function(prompt)


async def talkative(prompt: str) -> object:
    print("not to be seen")
    return await coroutine(prompt)


async def side_by_side(prompt: str) -> object:
    return await asyncio.gather(coroutine(prompt), coroutine(prompt))


# -- how they end


async def limits_itself(prompt: str) -> object:
    client = anthropic.AsyncAnthropic(max_retries=0)
    async with asyncio.timeout(0.03):
        return await client.messages.create(**ASK)


def swallows_errors(prompt: str) -> object:
    with suppress(anthropic.APIError):
        return function(prompt)
    return "no answer"


def does_not_ask_everybody(prompt: str, *, stream: bool) -> object:
    return "from a cache" if stream else function(prompt)


def raises_after_an_answer(prompt: str) -> object:
    function(prompt)
    raise LookupError("nothing of use in it")


def takes_what_is_cut_off(prompt: str) -> str:
    return "".join(generator(prompt))


def minds_what_is_cut_off(prompt: str) -> str:
    with sdk.messages.stream(**ASK) as events:
        seen = [event.type for event in events]
    if "message_stop" not in seen:
        raise EOFError("cut off")
    return "whole"


async def hedges(prompt: str) -> object:
    tries = [asyncio.ensure_future(coroutine(prompt)) for _ in range(2)]
    for ended in asyncio.as_completed(tries):
        with suppress(anthropic.APIError):
            return await ended
    raise ConnectionError("both failed")


async def deaf(prompt: str) -> object:
    client = anthropic.AsyncAnthropic(max_retries=0)
    while True:
        with suppress(BaseException):
            return await client.messages.create(**ASK)
        with suppress(BaseException):
            await asyncio.sleep(1)


def deaf_and_blocking(prompt: str) -> object:
    while True:
        with suppress(BaseException):
            return function(prompt)
        with suppress(BaseException):
            time.sleep(1)
