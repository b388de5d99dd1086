"""Calls a program, whatever it is made of: functions and generators, blocking or asynchronous, classes and objects."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from contextvars import copy_context
from typing import Any

from brownout.fakes.latency import BYTES_PER_TOKEN

from ...calling import Way, callee
from ...importing import told
from ...policies.call import Ask
from ...scoring import Unplayable

_CLOSES = ("aclose", "close")


class Asked:
    """The program as its clients have it: each its own, if it is a class; else all have the same."""

    def __init__(self, thing: Any, way: Way, name: str) -> None:
        self._thing = thing
        self._way = way
        self._name = name
        self._made: dict[int, Any] = {}

    def of(self, client: int) -> Any:
        """That of one client, made now if it is not there. Raises `Unplayable` if that fails."""
        if not self._way.is_class:
            return self._thing
        if client not in self._made:
            try:
                self._made[client] = self._thing()
            except (Exception, SystemExit) as error:
                raise Unplayable(f"{self._name}: making it for client {client} raised {told(error)}") from None
        return self._made[client]

    async def ask(self, ask: Ask, now: float) -> None:
        """One call, from its beginning to the end of what it gives. Raises what the program raises."""
        function = callee(self.of(ask.client))
        prompt = "x" * (BYTES_PER_TOKEN * ask.input_tokens)
        args, given = self._way.arguments(ask, prompt, ask.intended + ask.deadline - now)
        if _is_asynchronous(function):
            answer = function(*args, **given)
        else:
            answer = await _in_a_thread(lambda: _drained(function(*args, **given)))
        if isinstance(answer, AsyncIterator):
            async for _ in answer:
                pass
        elif inspect.isawaitable(answer):
            await answer

    async def close(self) -> None:
        """Whatever can be closed of what was made. How it fails nobody wants to know any more."""
        for made in self._made.values():
            close = next((found for name in _CLOSES if callable(found := getattr(made, name, None))), None)
            with suppress(Exception):
                if close is not None and inspect.isawaitable(closing := close()):
                    await closing


def _is_asynchronous(function: Any) -> bool:
    kinds = inspect.iscoroutinefunction, inspect.isasyncgenfunction
    method = getattr(function, "__call__", None)  # noqa: B004 - of an object, which none of these looks for
    return any(is_kind(each) for is_kind in kinds for each in (function, method))


def _drained(answer: Any) -> Any:
    """Blocking generators are read to their end, in the thread that has made them."""
    if isinstance(answer, Iterator):
        for _ in answer:
            pass
    return answer


async def _in_a_thread(work: Callable[[], Any]) -> Any:
    """What it returns or raises. Who is called off meanwhile leaves the thread behind: it cannot be stopped."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def run() -> None:
        try:
            answer, error = work(), None
        except BaseException as raised:  # also what is meant to end the thread alone
            answer, error = None, raised
        with suppress(RuntimeError):  # the loop has been closed
            loop.call_soon_threadsafe(_settle, done, answer, error)

    threading.Thread(target=copy_context().run, args=(run,), daemon=True, name="brownout call").start()
    return await done


def _settle(done: asyncio.Future[Any], answer: Any, error: BaseException | None) -> None:
    if done.done():
        return
    if error is None:
        done.set_result(answer)
    else:
        done.set_exception(error if not isinstance(error, StopIteration) else RuntimeError("StopIteration"))
