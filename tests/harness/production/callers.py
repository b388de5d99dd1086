"""The SDK in blocking code and in an event loop, behind one face: what is asked of one is asked of both."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic

import brownout
from brownout.harness.client import Client
from brownout.harness.files import loads

from ...patience import PATIENCE

ASK: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hello"}],
}
Config = str | Client


def layers(*lines: str, timeouts: str = "") -> Client:
    """A client file with these layers, the outermost first."""
    text = "name: tried\n" + (f"timeouts: {{{timeouts}}}\n" if timeouts else "") + "layers:\n"
    return loads(text + "".join(f"  - {line}\n" for line in lines), Client)


PLAIN = layers("sdk: {max_retries: 0}")
RETRY = "retry: {retries: 3, backoff: {base: 1ms}, on: [timeout, connection, overloaded, stream_before_text]}"
NO_RETRIES = "sdk: {max_retries: 0}"


class Caller:
    """A bare client of the SDK, and the same made resilient. `how` is "create", "create(stream)" or "stream"."""

    bare: Any
    client: Any

    def resilient(self, config: Config, hooks: Iterable[Callable[[Any], object]] = ()) -> Any:
        self.records: list[Any] = []
        self.client = brownout.resilient(self.bare, config, hooks=[self.records.append, *hooks])
        return self.client

    def of(self, kind: type) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]


class Blocking(Caller):
    """In the thread of the test."""

    def __init__(self, url: str) -> None:
        self.bare = anthropic.Anthropic(api_key="none", base_url=url, max_retries=0)

    def close(self) -> None:
        self.bare.close()

    def run(self, work: Callable[[Any], Any], client: Any = None) -> Any:
        return work(client or self.client)

    def create(self, client: Any = None, **more: Any) -> Any:
        return (client or self.client).messages.create(**ASK | more)

    def raw(self, client: Any = None, **more: Any) -> list[Any]:
        with (client or self.client).messages.create(stream=True, **ASK | more) as stream:
            return list(stream)

    def text(self, client: Any = None, into: list[str] | None = None, **more: Any) -> str:
        pieces = [] if into is None else into
        with (client or self.client).messages.stream(**ASK | more) as stream:
            pieces.extend(stream.text_stream)
        return "".join(pieces)

    def events(self, client: Any = None, **more: Any) -> list[Any]:
        with (client or self.client).messages.stream(**ASK | more) as stream:
            return list(stream)

    def final(self, client: Any = None, **more: Any) -> Any:
        with (client or self.client).messages.stream(**ASK | more) as stream:
            return stream.get_final_message()

    def left_early(self, events: int) -> None:
        """Read so many events, and leave."""
        with self.client.messages.stream(**ASK) as stream:
            for _, _ in zip(range(events), stream, strict=False):
                pass

    def together(self, times: int, what: str = "create") -> list[Any]:
        """So many calls at once: what each returned or raised."""
        start = threading.Barrier(times)

        def one(_: int) -> Any:
            start.wait()
            try:
                return getattr(self, what)()
            except Exception as error:
                return error

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times), timeout=PATIENCE))


class Async(Caller):
    """In an event loop that lasts as long as the test."""

    def __init__(self, url: str, loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
        self._runner = asyncio.Runner(loop_factory=loop)
        self.bare = anthropic.AsyncAnthropic(api_key="none", base_url=url, max_retries=0)

    def close(self) -> None:
        self._do(self.bare.close())
        left = self._do(_others())
        self._runner.close()
        assert not left

    def _do(self, work: Any) -> Any:
        async def patiently() -> Any:
            async with asyncio.timeout(PATIENCE):
                return await work

        return self._runner.run(patiently())

    def run(self, work: Callable[[Any], Any], client: Any = None) -> Any:
        return self._do(work(client or self.client))

    def create(self, client: Any = None, **more: Any) -> Any:
        return self._do((client or self.client).messages.create(**ASK | more))

    def raw(self, client: Any = None, **more: Any) -> list[Any]:
        async def read() -> list[Any]:
            async with await (client or self.client).messages.create(stream=True, **ASK | more) as stream:
                return [event async for event in stream]

        return list(self._do(read()))

    def text(self, client: Any = None, into: list[str] | None = None, **more: Any) -> str:
        pieces = [] if into is None else into

        async def read() -> str:
            async with (client or self.client).messages.stream(**ASK | more) as stream:
                async for piece in stream.text_stream:
                    pieces.append(piece)
            return "".join(pieces)

        return str(self._do(read()))

    def events(self, client: Any = None, **more: Any) -> list[Any]:
        async def read() -> list[Any]:
            async with (client or self.client).messages.stream(**ASK | more) as stream:
                return [event async for event in stream]

        return list(self._do(read()))

    def final(self, client: Any = None, **more: Any) -> Any:
        async def read() -> Any:
            async with (client or self.client).messages.stream(**ASK | more) as stream:
                return await stream.get_final_message()

        return self._do(read())

    def left_early(self, events: int) -> None:
        async def read() -> None:
            left = events
            async with self.client.messages.stream(**ASK) as stream:
                async for _ in stream:
                    left -= 1
                    if not left:
                        break

        self._do(read())

    def together(self, times: int, what: str = "create") -> list[Any]:
        assert what == "create"

        async def all_of_them() -> list[Any]:
            calls = [self.client.messages.create(**ASK) for _ in range(times)]
            return await asyncio.gather(*calls, return_exceptions=True)

        return list(self._do(all_of_them()))


async def _others() -> set[Any]:
    return asyncio.all_tasks() - {asyncio.current_task()}
