"""What the `sdk` layer makes of the same answers: stepped by the real engine over a port that hands them out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from brownout.fakes.draws import Draws, Identity
from brownout.harness.policies.call import Ask, Call
from brownout.harness.policies.effects import Attempt, Handle, Read
from brownout.harness.policies.engine import Callback, Engine, Node
from brownout.harness.policies.layer import Site
from brownout.harness.policies.layers.sdk import Sdk
from brownout.harness.policies.outcome import OK, Major, Outcome
from brownout.harness.policies.sdks.python import asks, retries
from brownout.harness.policies.stack import build

from .observe import Reply, Script, Seen

BEFORE_THE_HEADERS = {
    "ConnectTimeout": Outcome("timeout", "connect"),
    "ReadTimeout": Outcome("timeout", "read"),
    "WriteTimeout": Outcome("timeout", "write"),
    "PoolTimeout": Outcome("timeout", "pool"),
    "ConnectError": Outcome("connection", "connect"),
    "ReadError": Outcome("connection", "read"),
    "WriteError": Outcome("connection", "read"),
    "RemoteProtocolError": Outcome("connection", "read"),
}
"""Also in a plain body, which the SDK reads in one go with the headers."""

BEHIND_THE_HEADERS = {
    "ReadTimeout": Outcome("stream_timeout", "stream", 200),
    "ReadError": Outcome("stream_broken", "stream", 200, detail="reset"),
    "RemoteProtocolError": Outcome("stream_broken", "stream", 200, detail="closed"),
}
ENDINGS = {
    "whole": OK._replace(status=200),
    "truncated": Outcome("truncated", "stream", 200),
    "error": Outcome("stream_error", "stream", 200, "api_error"),
}
JITTER = Draws(1, "jitter")


def jitter(attempt: int) -> float:
    """The draw for the wait after an attempt, as the layer will look it up."""
    return JITTER.uniform(Identity(0, 0, attempt).label)


def outcome_of(reply: Reply, stream: bool, is_last: bool) -> Outcome:
    """What a driver answers to `Attempt`."""
    if not reply.status:
        return BEFORE_THE_HEADERS[reply.raises]
    if reply.status == 200 and stream:
        return Outcome("opened", status=200, stream=reply)
    whole = OK
    if reply.status != 200:
        seconds, again = asks(reply.headers)
        whole = Outcome("status", "read", reply.status, "api_error", seconds, again)
    if not reply.raises:
        return whole
    if not stream:
        return BEFORE_THE_HEADERS[reply.raises]
    # The SDK does not read the body of an error that it will retry; when it must read one, what breaks comes out raw.
    return whole if retries(whole) and not is_last else BEHIND_THE_HEADERS[reply.raises]


class CannedPort:
    """A port without time: effects are answered in the order in which they came."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._answers: deque[Callable[[], None]] = deque()
        self.waits: list[float] = []

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle:
        reply = self._script.replies[effect.call.next_identity().attempt]
        return self._answer(callback, node, outcome_of(reply, self._script.stream, effect.is_last))

    def read(self, effect: Read, callback: Callback, node: Any) -> Handle:
        reply: Reply = effect.stream
        ended = BEHIND_THE_HEADERS[reply.raises] if reply.raises else ENDINGS[reply.ending]
        return self._answer(callback, node, ended)

    def timer(self, delay: float, callback: Callback, node: Any) -> Handle:
        self.waits.append(delay)
        return self._answer(callback, node, None)

    def _answer(self, callback: Callback, node: Any, value: Any) -> Handle:
        self._answers.append(partial(callback, node, value))
        return self

    def cancel(self) -> None:
        raise AssertionError("the layer called something off")

    def play(self) -> None:
        """Answer until nothing is asked any more."""
        while self._answers:
            self._answers.popleft()()


def predict(script: Script, major: Major) -> tuple[Seen, Outcome]:
    """What the layer makes of a script: in the terms of the SDK, and in its own."""
    port, records, ended = CannedPort(script), list[Any](), list[Outcome]()

    def done(node: Node, outcome: Outcome, error: BaseException | None) -> None:
        if error is not None:
            raise error
        ended.append(outcome)

    layer = Sdk(max_retries=script.max_retries, major=major)
    call = Call(Ask(0, 0, 0.0, 600.0, script.stream, 1, 16), JITTER)
    Engine(port).start(build([layer], Site(0, lambda: 0.0, records.append))(call), done)
    port.play()
    [outcome] = ended
    assert [record.seconds for record in records] == port.waits
    return Seen(call.attempts, port.waits, outcome.exception, outcome.kind == "ok"), outcome
