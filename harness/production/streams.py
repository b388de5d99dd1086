"""What an application reads: the SDK's own streams, whose raw events come through the layers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any
from weakref import ReferenceType, ref

import anthropic
from anthropic import AsyncMessageStreamManager, MessageStreamManager
from anthropic.lib.streaming import AsyncMessageStream, MessageStream

from .blocking import BlockingFlow
from .tasks import TaskFlow


class ResilientStream(anthropic.Stream[Any]):
    """The raw events of a stream that the layers have opened, and may open again while nobody has seen any."""

    def __init__(self, flow: BlockingFlow) -> None:
        self._flow = flow
        self._events = flow.events()

    @property
    def response(self) -> Any:  # type: ignore[override]
        """Of the request that was opened last."""
        assert self._flow.opened is not None
        return self._flow.opened.response

    def __iter__(self) -> Iterator[Any]:
        return self._events

    def __next__(self) -> Any:
        return next(self._events)

    def close(self) -> None:
        """Let go of the connection, and of whatever the layers hold for the call."""
        self._flow.close()


class ResilientAsyncStream(anthropic.AsyncStream[Any]):
    """The same in an event loop."""

    def __init__(self, flow: TaskFlow) -> None:
        self._flow = flow
        self._events = flow.events()

    @property
    def response(self) -> Any:  # type: ignore[override]
        """Of the request that was opened last."""
        assert self._flow.opened is not None
        return self._flow.opened.response

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._events

    async def __anext__(self) -> Any:
        return await anext(self._events)

    async def close(self) -> None:
        """Let go of the connection, and of whatever the layers hold for the call."""
        await self._flow.close()


class ResilientStreamManager(MessageStreamManager[Any]):
    """Opens a stream for a `with` statement."""

    def __init__(self, flow_of: Callable[[], BlockingFlow], output_format: Any) -> None:
        self._flow_of = flow_of
        super().__init__(self._opened, output_format=output_format)

    def _opened(self) -> ResilientStream:
        flow = self._flow_of()
        flow.open()
        return ResilientStream(flow)

    def __enter__(self) -> MessageStream[Any]:
        stream = super().__enter__()
        raw: Any = stream._raw_stream
        stream.until_done = partial(_until_done, raw._flow, ref(stream))  # type: ignore[method-assign]
        return stream


class ResilientAsyncStreamManager(AsyncMessageStreamManager[Any]):
    """The same for `async with`."""

    def __init__(self, flow_of: Callable[[], TaskFlow], output_format: Any) -> None:
        self._flow_of = flow_of
        self._output_format = output_format

    async def __aenter__(self) -> AsyncMessageStream[Any]:
        flow = self._flow_of()

        async def opened() -> Any:
            await flow.open()
            return ResilientAsyncStream(flow)

        super().__init__(opened(), output_format=self._output_format)
        stream = await super().__aenter__()
        stream.until_done = partial(_until_done_async, flow, ref(stream))  # type: ignore[method-assign]
        return stream

    async def __aexit__(self, *error: Any) -> None:
        await super().__aexit__(*error)


def _until_done(flow: BlockingFlow, of: ReferenceType[MessageStream[Any]]) -> None:
    """Nobody looks before it has ended, unless somebody has looked already: `get_final_message` comes here, too."""
    flow.is_whole = not flow.is_shown
    stream = of()
    assert stream is not None  # whoever calls its method has it
    type(stream).until_done(stream)


async def _until_done_async(flow: TaskFlow, of: ReferenceType[AsyncMessageStream[Any]]) -> None:
    flow.is_whole = not flow.is_shown
    stream = of()
    assert stream is not None
    await type(stream).until_done(stream)
