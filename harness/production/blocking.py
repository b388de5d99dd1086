"""A call in blocking code: it runs in the thread that makes it, and only where the layers race does a branch have a
thread of its own."""

from __future__ import annotations

import math
import threading
import time  # noqa: TID251 - the driver's own clock
from collections import deque
from collections.abc import Iterator
from contextvars import copy_context
from heapq import heappop, heappush
from typing import Any

from ..policies.effects import Attempt
from ..policies.engine import Callback, Node
from ..policies.outcome import CANCELLED, Outcome
from .flow import CalledOff, Came, Flow, Work, explained
from .guard import GapExceeded, Guard
from .opened import Opened
from .sending import CURRENT, Request, Sender, answered, plain, watch_of
from .state import State, monotonic


class Timer:
    """One of the layers', in the heap of its call."""

    __slots__ = ("argument", "callback", "is_cancelled")

    def __init__(self, callback: Callback, argument: Any) -> None:
        self.callback = callback
        self.argument = argument
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class BlockingFlow(Flow):
    """Whoever wants something of it lends it the thread meanwhile."""

    def __init__(self, state: State, sender: Sender, request: Request) -> None:
        self.timers: list[tuple[float, int, Timer]] = []
        self._set = 0
        self._mail: deque[tuple[Work, Came]] = deque()
        """What threads of branches have brought."""
        self._changed: threading.Condition | None = None
        super().__init__(state, sender, request)

    # -- the port

    def timer(self, delay: float, callback: Callback, node: Any) -> Timer:
        timer = Timer(callback, node)
        with self.state.lock:
            self._set += 1
            heappush(self.timers, (monotonic() + delay, self._set, timer))
            self._notify()
        return timer

    def branch(self, work: Work) -> None:
        # It inherits the context, as a call in this thread would have it.
        run = copy_context().run
        threading.Thread(target=run, args=(self._in_thread, work), name="brownout branch", daemon=True).start()

    def called_off(self, work: Work) -> None:
        if work is self.inline:
            self.inline = None
        if work.runner is not None:
            work.runner.hang_up()
        self._notify()

    # -- waiting

    def due(self) -> float:
        """When the next timer is."""
        timers = self.timers
        while timers:
            due, _, timer = timers[0]
            if not timer.is_cancelled:
                return due
            with self.state.lock:
                heappop(timers)
        return math.inf

    def tick(self) -> None:
        """Fire what is due."""
        while self.due() <= monotonic():
            with self.state.lock:
                _, _, timer = heappop(self.timers)
            if not timer.is_cancelled:
                self.fire(timer.callback, timer.argument)
        self.state.outbox.deliver()

    def wait(self, seconds: float, work: Work | None = None) -> None:
        """Until something changes, at most so long."""
        with self.state.lock:
            if self._changed is None:
                self._changed = threading.Condition(self.state.lock)
            if not (self._mail and work is None) and not (work is not None and work.is_cancelled):
                self._changed.wait(None if seconds == math.inf else max(0.0, min(seconds, threading.TIMEOUT_MAX)))

    def _ended(self, node: Node, outcome: Outcome | None, error: BaseException | None) -> None:
        super()._ended(node, outcome, error)
        self._notify()

    def _notify(self) -> None:
        if self._changed is not None:
            self._changed.notify_all()

    def _idle(self) -> None:
        if not self._mail:
            with self.state.lock:
                left = self.due() - monotonic()
                if left > 0 and not (self._mail or self.is_over or self.inline is not None):
                    self.wait(left)
        while self._mail:
            work, came = self._mail.popleft()
            self.take(work, came)
        self.tick()

    # -- running it

    def take(self, work: Work, came: Came) -> None:
        """Tell the layers what has come of it, unless they do not want it any more."""
        outcome, error = came
        if work.is_cancelled:
            if outcome is not None and outcome.kind == "opened":
                self._let_go(outcome.stream)
        else:
            self.tell(work, outcome, error)
        self.state.outbox.deliver()

    def answer(self) -> Any:
        """Of a plain call: what the SDK has returned. Raises what it has raised, or our own."""
        self._go_on()
        error = self.finish()
        if error is not None:
            raise error
        return self.outcome.value

    def open(self) -> None:
        """Of a stream: until its headers are there, or the call is over. Raises what it is to raise then."""
        self._go_on()
        if self.fails_at_once and (error := self.finish()) is not None:
            raise error

    def _go_on(self) -> None:
        """Begin, until it is over or there is a stream to be read."""
        try:
            self.begin()
            while not self.is_over:
                work = self.inline
                if work is None:
                    self._idle()
                elif work.effect.__class__ is Attempt:
                    self.take(work, self._do(work))
                else:
                    break
        except BaseException:
            self.close()
            raise
        self.state.outbox.deliver()

    def events(self) -> Iterator[Any]:
        """Those of a stream, for the application: to be asked for once."""
        ready = self.ready
        try:
            while not self.is_over:
                work = self.inline
                if work is None:
                    self._idle()
                elif work.effect.__class__ is Attempt:
                    self.take(work, self._do(work))
                else:
                    yield from self._reading(work)
            error = self.finish()
            while ready:
                yield ready.popleft()
        except GeneratorExit:
            self.state.drop(self)
            raise
        except BaseException:
            self.close()
            raise
        if error is not None:
            raise error

    def _reading(self, work: Work) -> Iterator[Any]:
        """Go on with a stream, and hand on what the application may have of it."""
        effect = work.effect
        opened: Opened = effect.stream
        timers = self.timers
        ready, note, until_text = self.ready, opened.note, effect.until_text
        came: Came = None, None
        try:
            opened.guard.takes(work, opened, effect.gap)
            for event in opened.events:
                is_content = note(event)
                if opened.is_shown:
                    yield event
                else:
                    opened.backlog.append(event)
                    if is_content and not self.is_whole:
                        self.release(opened)
                        while ready:
                            yield ready.popleft()
                if timers and timers[0][0] <= time.monotonic():
                    self.tick()
                if work.is_cancelled:
                    break
                if until_text and is_content:
                    came = opened.text(), None
                    break
            else:
                came = opened.ended(), None
        except GapExceeded:
            came = opened.gap(), None
        except CalledOff:
            pass
        except Exception as error:
            came = explained(error, opened)
        if came[0] is None or came[0].kind != "text":
            self._let_go(opened, came[0] or CANCELLED)
        self.take(work, came)

    def _forget(self) -> None:
        super()._forget()
        self.timers.clear()
        self._changed = None

    def close(self) -> None:
        """Nobody goes on with it. A stream that had said all is a success."""
        opened = self.leave()
        if opened is not None:
            self._let_go(opened, self.outcome)
        self.state.outbox.deliver()

    # -- doing what the layers want

    def _in_thread(self, work: Work) -> None:
        try:
            came = self._do(work)
        except BaseException as error:
            came = None, error
        with self.state.lock:
            if not (work.is_cancelled or self.is_over):
                self._mail.append((work, came))
                self._notify()
                return
        if came[0] is not None and came[0].kind == "opened":
            self._let_go(came[0].stream)
        self.state.outbox.deliver()

    def _do(self, work: Work) -> Came:
        try:
            return self._send(work) if work.effect.__class__ is Attempt else self._read(work)
        except CalledOff:
            return None, None

    def _send(self, work: Work) -> Came:
        """One call of the SDK, with its own retries if it is set to any."""
        effect, request = work.effect, self.request
        guard = Guard(self, work, watch_of(effect.call, self.state))
        token = CURRENT.set(guard)
        outcome = CANCELLED
        try:
            messages, given = self.sender.messages(effect), request.to(effect)
            if not request.is_stream:
                outcome = answered(messages.create(**given))
            elif not effect.call.is_stream:
                raw = messages.with_raw_response.create(**plain(given))
                outcome = self.has_come_whole(raw.parse(), raw.http_response, work)
            else:
                made = getattr(messages, request.method)(**given)
                made = made.__enter__()._raw_stream if request.method == "stream" else made
                outcome = self.has_opened(made, iter(made), guard, work)
            return outcome, None
        except Exception as error:
            guard.has_failed(error)
            came = explained(error)
            outcome = came[0] or CANCELLED
            return came
        finally:
            CURRENT.reset(token)
            if outcome.kind != "opened":
                guard.end(outcome)

    def _read(self, work: Work) -> Came:
        """The same for a branch, whose events nobody sees yet."""
        effect = work.effect
        opened: Opened = effect.stream
        came: Came = None, None
        try:
            opened.guard.takes(work, opened, effect.gap)
            for event in opened.events:
                opened.backlog.append(event)
                if opened.note(event) and effect.until_text:
                    came = opened.text(), None
                    return came
                if work.is_cancelled:
                    return came
            came = opened.ended(), None
        except GapExceeded:
            came = opened.gap(), None
        except Exception as error:
            came = explained(error, opened)
        finally:
            if came[0] is None or came[0].kind != "text":
                self._let_go(opened, came[0] or CANCELLED)
        return came

    @staticmethod
    def _let_go(opened: Opened, outcome: Outcome = CANCELLED) -> None:
        real = opened.real  # which the call's own thread may have forgotten by the time that it is let go
        if opened.let_go(outcome):
            real.close()
