"""The engine's port to the real SDK on asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anthropic

from brownout.fakes.draws import Identity
from brownout.fakes.http.clock import ScaledClock
from brownout.fakes.latency import BYTES_PER_TOKEN

from ...policies.call import Call
from ...policies.effects import Attempt, Handle, Read
from ...policies.engine import Callback
from ...policies.outcome import CANCELLED, Outcome, opened
from ..current import CURRENT
from ..tasks import TaskPort
from .classify import of_answer, of_call
from .heard import Heard
from .transport import Watch

MODEL = "claude-sonnet-5-5"


class AsyncPort(TaskPort):
    """`attempt`, `read` and `timer` in an event loop. `client_of` gives each client its own SDK client, set as for the
    profile of the call; `connecting` and `refused` are told of connections that a server whose port is dark or shut
    cannot see."""

    def __init__(
        self,
        clock: ScaledClock,
        client_of: Callable[[int, str], anthropic.AsyncAnthropic],
        record: Callable[[Any], None],
        connecting: Callable[[Identity, bool], object] = lambda who, stream: None,
        refused: Callable[[Identity, bool], object] = lambda who, stream: None,
    ) -> None:
        super().__init__(clock)
        self._client_of = client_of
        self._record = record
        self._connecting = connecting
        self._refused = refused

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle:
        watch = Watch(effect.call, self.now, self._record, self._connecting, self._refused)
        return self._start(self._send(effect, watch), callback, node)

    def read(self, effect: Read, callback: Callback, node: Any) -> Handle:
        stream: AsyncStream = effect.stream
        return self._start(stream.read(effect), callback, node, stream)

    async def _send(self, effect: Attempt, watch: Watch) -> Outcome:
        """One call of the SDK, with its own retries if it is set to any."""
        CURRENT.set(watch)
        ask = effect.call.ask
        messages = self._client_of(ask.client, ask.profile).messages
        request = request_of(effect.call)
        outcome = CANCELLED
        try:
            if effect.call.is_stream:
                manager = messages.stream(**request)
                stream = AsyncStream(manager, await manager.__aenter__(), watch, self._clock)
                outcome = opened(stream)
            else:
                outcome = of_answer(await messages.create(**request))
        except Exception as error:
            outcome = of_call(error, self._clock.scale)
        finally:
            if outcome.kind != "opened":
                watch.end(outcome)
        return outcome


def request_of(call: Call) -> dict[str, Any]:
    """What the SDK is asked for."""
    ask = call.ask
    request = {
        "model": call.model or MODEL,
        "max_tokens": ask.max_tokens,
        "messages": [{"role": "user", "content": "x" * (BYTES_PER_TOKEN * ask.input_tokens)}],
    }
    return request if call.rest is None else call.rest.request(request)


class SdkStream:
    """A stream of the SDK that was opened, whoever reads it."""

    is_resumable = True  # the fake says nothing but text where nobody asks for anything else

    def __init__(self, manager: Any, stream: Any, watch: Watch) -> None:
        self._manager = manager
        self._stream = stream
        self._watch = watch
        self._rest = watch.call.rest
        self._heard = Heard()

    @property
    def told(self) -> str:
        """The text so far, that of the streams before included."""
        before = "" if self._rest is None else self._rest.stream.told
        blocks = self._stream.current_message_snapshot.content
        return before + "".join(block.text for block in blocks if block.type == "text")

    @property
    def last_text(self) -> float:
        """When the last of it came."""
        return self._watch.last_text

    def _ended(self, outcome: Outcome) -> Outcome:
        """With what whoever asks for the rest has to know."""
        return outcome if outcome.is_ok else outcome._replace(stream=self)


class AsyncStream(SdkStream):
    """That is read in an event loop."""

    def __init__(self, manager: Any, stream: Any, watch: Watch, clock: ScaledClock) -> None:
        super().__init__(manager, stream, watch)
        self._clock = clock

    async def read(self, effect: Read) -> Outcome:
        """Read on, to the next text or to the end; however that ends, the stream is closed then."""
        outcome = CANCELLED
        try:
            outcome = await self._read(effect)
        except TimeoutError:
            outcome = Outcome("gap", "gap", 200, tokens=self._heard.tokens)
        except Exception as error:
            outcome = of_call(error, self._clock.scale, self._heard.tokens)
        finally:
            if outcome.kind != "text":
                await self.close(outcome)
        return self._ended(outcome)

    async def close(self, outcome: Outcome = CANCELLED) -> None:
        """Let go of the connection. What became of the stream is recorded, unless that has been done."""
        self._watch.end(outcome)
        await self._manager.__aexit__(None, None, None)

    async def _read(self, effect: Read) -> Outcome:
        loop = asyncio.get_running_loop()
        gap = None if effect.gap is None else effect.gap / self._clock.scale
        async with asyncio.timeout(gap) as limit:
            async for event in self._stream:
                if self._heard.note(event.type):
                    self._watch.text()
                    if effect.until_text:
                        return Outcome("text", tokens=self._heard.tokens, stream=self)
                    if gap is not None:
                        limit.reschedule(loop.time() + gap)
        return self._heard.end()
