"""The engine's port to the blocking SDK in virtual time. Each effect is a strand, ended where it waits.

Layers are stepped in the hub alone, so that they need no locks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic

from brownout.fakes.backend import Handle as TimerHandle
from brownout.fakes.virtual.hub import Strand
from brownout.fakes.virtual.server import VirtualClock
from brownout.fakes.virtual.world import World

from ...policies.effects import Attempt, Handle, Read
from ...policies.engine import Callback
from ...policies.outcome import CANCELLED, Outcome
from ..current import CURRENT
from ..sdk.classify import of_answer, of_call
from ..sdk.port import SdkStream, request_of
from ..sdk.transport import Watch


class _GapExceeded(BaseException):
    """Raised in a strand that reads a stream in which no content comes."""


class BlockingPort:
    """`attempt`, `read` and `timer` for layers around `anthropic.Anthropic`."""

    def __init__(
        self,
        world: World,
        clock: VirtualClock,
        client_of: Callable[[int, str], anthropic.Anthropic],
        record: Callable[[Any], None],
    ) -> None:
        self.world = world
        self.clock = clock
        self.now = clock.now
        self.timer = clock.timer
        self._client_of = client_of
        self._record = record
        self._running: dict[Strand, None] = {}

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle:
        watch = Watch(effect.call, self.now, self._record)
        who = effect.call.ask
        return self._start(lambda: self._send(effect, watch), callback, node, f"call {who.client}.{who.call}")

    def read(self, effect: Read, callback: Callback, node: Any) -> Handle:
        stream: BlockingStream = effect.stream
        return self._start(lambda: stream.read(effect), callback, node, stream.name, stream)

    def _start(
        self,
        work: Callable[[], Outcome],
        callback: Callback,
        node: Any,
        name: str,
        stream: BlockingStream | None = None,
    ) -> Handle:
        handle = _Ends(self, stream)

        def run() -> None:
            outcome, error = None, None
            try:
                outcome = work()
            except Exception as raised:  # no fault explains it: a defect of the harness
                error = raised
            finally:
                del self._running[handle.strand]
            self.world.hub.call_soon(handle.ended, callback, node, outcome, error)

        handle.strand = self.world.spawn(run, name)
        self._running[handle.strand] = None
        return handle

    def _send(self, effect: Attempt, watch: Watch) -> Outcome:
        """One call of the SDK, with its own retries if it is set to any."""
        CURRENT.set(watch)
        ask = effect.call.ask
        messages = self._client_of(ask.client, ask.profile).messages
        outcome = CANCELLED
        try:
            if effect.call.is_stream:
                manager = messages.stream(**request_of(effect.call))
                outcome = Outcome(
                    "opened", status=200, stream=BlockingStream(self, manager, manager.__enter__(), watch)
                )
            else:
                outcome = of_answer(messages.create(**request_of(effect.call)))
        except Exception as error:
            outcome = of_call(error, 1.0)
        finally:
            if outcome.kind != "opened":
                watch.end(outcome)
        return outcome

    def end(self, strand: Strand) -> bool:
        """Call off what a strand does; whether it had begun."""
        had_begun = bool(strand)
        self._running.pop(strand, None) if not had_begun else None
        self.world.hub.kill(strand)
        return had_begun

    def close(self) -> None:
        """Call off what is under way."""
        for strand in tuple(self._running):
            self.end(strand)


class _Ends:
    """The handle of a strand. One that was cancelled calls nobody back, even if its strand had just ended."""

    __slots__ = ("_is_cancelled", "_port", "_stream", "strand")

    strand: Strand

    def __init__(self, port: BlockingPort, stream: BlockingStream | None) -> None:
        self._port = port
        self._stream = stream
        self._is_cancelled = False

    def cancel(self) -> None:
        self._is_cancelled = True
        if not self.strand.dead and not self._port.end(self.strand) and self._stream is not None:
            self._stream.close_soon()  # it had not begun to be read

    def ended(self, callback: Callback, node: Any, outcome: Outcome | None, error: Exception | None) -> None:
        if not self._is_cancelled:
            callback(node, outcome, error)
        elif outcome is not None and outcome.stream is not None:
            outcome.stream.close_soon()  # it had just been opened


class BlockingStream(SdkStream):
    """That is read by a strand."""

    def __init__(self, port: BlockingPort, manager: Any, stream: Any, watch: Watch) -> None:
        super().__init__(manager, stream, watch)
        self._port = port
        ask = watch.call.ask
        self.name = f"call {ask.client}.{ask.call}, its stream"

    def read(self, effect: Read) -> Outcome:
        """Read on, to the next text or to the end; however that ends, the stream is closed then."""
        CURRENT.set(self._watch)
        outcome = CANCELLED
        try:
            outcome = self._read(effect)
        except _GapExceeded:
            outcome = Outcome("gap", "gap", 200, tokens=self._heard.tokens)
        except Exception as error:
            outcome = of_call(error, 1.0, self._heard.tokens)
        finally:
            if outcome.kind != "text":
                self.close(outcome)
        return self._ended(outcome)

    def close(self, outcome: Outcome = CANCELLED) -> None:
        """Let go of the connection. What became of the stream is recorded, unless that has been done."""
        self._watch.end(outcome)
        self._manager.__exit__(None, None, None)

    def close_soon(self) -> None:
        """The same, from the hub."""
        self._port.world.spawn(self.close, self.name)

    def _read(self, effect: Read) -> Outcome:
        gap = _Gap(self._port, effect.gap)
        try:
            for event in self._stream:
                if self._heard.note(event.type):
                    self._watch.text()
                    if effect.until_text:
                        return Outcome("text", tokens=self._heard.tokens, stream=self)
                    gap.begins()
        finally:
            gap.cancel()
        return self._heard.end()


class _Gap:
    """A limit on the time between two content events, for the strand that makes it."""

    def __init__(self, port: BlockingPort, seconds: float | None) -> None:
        self._port = port
        self._seconds = seconds
        self._strand = port.world.hub.current_strand()
        self._timer: TimerHandle | None = None
        self.begins()

    def begins(self) -> None:
        """Count from now."""
        self.cancel()
        if self._seconds is not None:
            self._timer = self._port.timer(self._seconds, self._exceeded, None)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _exceeded(self, _: object, __: object = None) -> None:
        self._timer = None
        self._port.world.hub.kill(self._strand, _GapExceeded())
