"""One call on its way through the layers: the engine's port, without any waiting. Two subclasses wait: one blocks its
thread, one its task.

What the layers ask for is put down as `Work` and done by whoever runs the call: in its own thread or task, unless the
layers race, when each branch has one of its own. Everything here runs under the state's lock.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import Any

from ..policies.effects import Attempt, Handle, Read
from ..policies.engine import Callback, Engine, Node
from ..policies.outcome import CANCELLED, Outcome
from .opened import Opened
from .records import FinishedCall
from .sending import Request, Sender, answered, failed
from .state import State

Came = tuple[Outcome | None, BaseException | None]
"""Of a piece of work: an outcome, or an error that no failure of the service explains; neither, if it is called off."""


class CalledOff(BaseException):
    """Raised through the SDK where an attempt or a read is wanted no more. No `except Exception` of anybody's may
    take it for a failure of the service."""


class Work:
    """An attempt or a read that the layers wait for."""

    __slots__ = ("_flow", "answer", "effect", "is_cancelled", "node", "runner")

    def __init__(self, flow: Flow, effect: Any, answer: Callback, node: Any) -> None:
        self._flow = flow
        self.effect = effect
        self.answer = answer
        self.node = node
        self.is_cancelled = False
        self.runner: Any = None
        """What does it, where that is neither the thread nor the task of the call."""

    def cancel(self) -> None:
        self.is_cancelled = True
        self._flow.called_off(self)


class Flow(ABC):
    """A call. `is_whole`: nobody looks at a stream before it has ended, so that all of it may be tried again."""

    def __init__(self, state: State, sender: Sender, request: Request) -> None:
        self.state = state
        self.sender = sender
        self.request = request
        self.call = state.call(request.given, request.is_stream, sender.profile)
        self.ready: deque[Any] = deque()
        """Events for the application."""
        self.is_whole = False
        self.is_shown = False
        """Whether the application has been given content."""
        self.opened: Opened | None = None
        """The stream that was opened last."""
        self.inline: Work | None = None
        self.is_over = False
        self.outcome: Outcome = CANCELLED
        self.error: BaseException | None = None
        self._started = self.call.ask.intended
        self._target = self.call.ask.model, ""
        """Model and endpoint that were asked last, or have answered last."""
        engine = Engine(self)
        self._node = Node(state.within(sender.deadline)(self.call), self._ended)
        self._step: Any = engine.step

    # -- the port

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle:
        self._target = effect.call.model, effect.call.endpoint
        return self._put(effect, callback, node)

    def read(self, effect: Read, callback: Callback, node: Any) -> Handle:
        return self._put(effect, callback, node)

    @abstractmethod
    def timer(self, delay: float, callback: Callback, node: Any) -> Handle: ...

    def _put(self, effect: Any, callback: Callback, node: Any) -> Work:
        work = Work(self, effect, callback, node)
        if node.race is None:
            self.inline = work
        else:
            self.branch(work)
        return work

    @abstractmethod
    def branch(self, work: Work) -> None:
        """Do it beside others."""

    @abstractmethod
    def called_off(self, work: Work) -> None:
        """It is wanted no more."""

    # -- what whoever runs the call tells the layers

    def begin(self) -> None:
        """Let the layers have it."""
        with self.state.lock:
            self._step(self._node, None)

    def tell(self, work: Work, outcome: Outcome | None, error: BaseException | None = None) -> None:
        """What came of a piece of work. An error is one that no failure of the service explains."""
        with self.state.lock:
            if work is self.inline:
                self.inline = None
            if work.is_cancelled:
                return
            if work.effect.__class__ is Attempt:
                self._target = work.effect.call.model, work.effect.call.endpoint
            work.answer(work.node, outcome, error)

    def fire(self, callback: Callback, node: Any) -> None:
        """The time of a timer has come."""
        with self.state.lock:
            callback(node, None)

    def _ended(self, node: Node, outcome: Outcome | None, error: BaseException | None) -> None:
        self.is_over = True
        self.inline = None
        if outcome is None:
            self.error = error
            outcome = Outcome("raised", raised="" if error is None else type(error).__name__)
        self.outcome = outcome
        opened = outcome.stream
        if isinstance(opened, Opened):
            self.opened, self._target = opened, opened.target
        if self.state.outbox:
            first, usage = (None, (None, None)) if self.opened is None else (self.opened.first, self.opened.usage)
            if self.opened is None:
                usage = usage_of(outcome.value)
            now = self.state.now()
            started = self._started
            if first is not None:
                first -= started
            self.state.outbox.put(FinishedCall.of(self.call, started, now, outcome, first, usage, self._target))

    def cancel(self) -> None:
        """Nobody wants it any more: permits come back, and what is under way is called off."""
        with self.state.lock:
            if not self.is_over:
                self._node.cancel()
                self._ended(self._node, CANCELLED, None)

    def leave(self) -> Opened | None:
        """Nobody goes on with it; the stream that is to be let go. One that had said all is a success."""
        work, opened = self.inline, self.opened
        if work is not None and opened is not None and opened.is_open and opened.is_complete:
            self.tell(work, opened.ended())
        self.cancel()
        return opened

    @property
    def fails_at_once(self) -> bool:
        """Whether it is over, and there is nothing of a stream to be handed out before that is told."""
        return self.is_over and not self.outcome.is_ok and (self.opened is None or not self.opened.backlog)

    # -- the events of a stream

    def has_opened(self, real: Any, events: Any, guard: Any, work: Work) -> Outcome:
        """The SDK has opened one: its raw events, and what keeps an eye on them."""
        opened = self._opened(real.response, work)
        opened.reads(real, events, guard, work.effect.call.rest)
        return Outcome("opened", status=200, stream=opened)

    def has_come_whole(self, message: Any, response: Any, work: Work) -> Outcome:
        """The SDK has returned a message where the application wants a stream."""
        outcome = answered(message)
        return self._opened(response, work).is_whole(message) if outcome.is_ok else outcome

    def _opened(self, response: Any, work: Work) -> Opened:
        call = work.effect.call
        opened = Opened(response, self.state, call.rest, self.request.is_structured)
        opened.target = call.model, call.endpoint
        if work.node.race is None:
            self.opened = opened
        return opened

    def release(self, opened: Opened) -> None:
        """Its content goes to the application from now on, what came before it first: nobody may begin it anew."""
        self.is_shown = self.call.is_shown = opened.is_shown = True
        self.ready.extend(opened.backlog)
        opened.backlog.clear()

    def finish(self) -> BaseException | None:
        """The call is over: what there is of its stream goes to the application; what is to be raised then."""
        opened = self.opened
        if opened is not None and not opened.is_shown:
            self.release(opened)
        error = self.error
        if error is None and not self.outcome.is_ok:
            partial = ("" if opened is None else "".join(opened.texts)) if self.request.is_stream else None
            error = self.sender.error_of(self.outcome, partial)
        self._forget()
        return error

    def _forget(self) -> None:
        """Let go of what only a call under way needs. The SDK's stream is a cycle, and refers to this: whatever is left
        here is for the garbage collector to free, and takes it time."""
        del self._step, self._node, self.call, self.request, self.sender
        if self.opened is not None:
            self.opened.forget()


def explained(error: Exception, opened: Opened | None = None) -> Came:
    """What the SDK has raised, of a stream or before there was one."""
    try:
        return failed(error, None if opened is None else opened.tokens)._replace(stream=opened), None
    except Exception as raised:
        return None, raised


def usage_of(answer: Any) -> tuple[int | None, int | None]:
    """What a message says that it has cost."""
    usage = getattr(answer, "usage", None)
    return getattr(usage, "input_tokens", None), getattr(usage, "output_tokens", None)
