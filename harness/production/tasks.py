"""A call in an event loop: it runs in the task that makes it, and only where the layers race does a branch have a task
of its own, which has ended when the call has."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable
from typing import Any, TypeVar

from ..drivers.sdk.transport import Watch
from ..policies.effects import Attempt
from ..policies.engine import Callback, Node
from ..policies.outcome import CANCELLED, Outcome
from .flow import CalledOff, Came, Flow, Work, explained
from .opened import Opened
from .reading import Reading
from .sending import CURRENT, Request, Sender, Unwatched, answered, plain, watch_of
from .state import State

T = TypeVar("T")


class Followed:
    """An attempt, for the HTTP requests that the SDK makes of it. The event loop itself can interrupt them."""

    def __init__(self, watch: Watch | Unwatched, state: State) -> None:
        self.watch = watch
        self.state = state

    def about_to_send(self, request: Any) -> None:
        pass

    def has_failed(self, error: BaseException) -> None:
        pass

    def end(self, outcome: Outcome) -> None:
        self.watch.end(outcome)


class Timer:
    """One of the layers'. Cancelled in whatever thread, it does nothing any more."""

    __slots__ = ("argument", "callback", "handle", "is_cancelled", "thread")

    def __init__(self, callback: Callback, argument: Any) -> None:
        self.callback = callback
        self.argument = argument
        self.handle: asyncio.TimerHandle | None = None
        self.is_cancelled = False
        self.thread = threading.get_ident()

    def cancel(self) -> None:
        self.is_cancelled = True
        if self.handle is not None and self.thread == threading.get_ident():
            self.handle.cancel()


class TaskFlow(Flow):
    """Whoever wants something of it lends it the task meanwhile."""

    def __init__(self, state: State, sender: Sender, request: Request) -> None:
        self.loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self.task: asyncio.Task[Any] | None = None
        """The one that waits for what the layers want, while it does."""
        self.is_interrupted = False
        self._woken: asyncio.Future[None] | None = None
        self._branches: set[asyncio.Task[None]] = set()
        super().__init__(state, sender, request)

    # -- the port

    def timer(self, delay: float, callback: Callback, node: Any) -> Timer:
        timer = Timer(callback, node)
        if threading.get_ident() == self._thread:
            timer.handle = self.loop.call_later(delay, self._fire, timer)
        else:
            with suppress(RuntimeError):  # the loop is closed, and the call with it
                self.loop.call_soon_threadsafe(self.loop.call_later, delay, self._fire, timer)
        return timer

    def _fire(self, timer: Timer) -> None:
        if not timer.is_cancelled:
            self.fire(timer.callback, timer.argument)
            self._wake()

    def later(self, delay: float, what: Callable[[], None]) -> asyncio.TimerHandle:
        """Something of our own that the layers know nothing of."""
        return self.loop.call_later(delay, what)

    def branch(self, work: Work) -> None:
        task = self.loop.create_task(self._run(work))
        work.runner = task
        self._branches.add(task)
        task.add_done_callback(self._branches.discard)

    def called_off(self, work: Work) -> None:
        if work.runner is not None:
            work.runner.cancel()
        elif work is self.inline:
            self.inline = None
            if self.task is not None and not self.is_interrupted:
                self.is_interrupted = True
                self.task.cancel()

    # -- waiting

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    def _ended(self, node: Node, outcome: Outcome | None, error: BaseException | None) -> None:
        super()._ended(node, outcome, error)
        if threading.get_ident() == self._thread:
            self._wake()

    async def _idle(self) -> None:
        self._woken = self.loop.create_future()
        try:
            await self._woken
        finally:
            self._woken = None

    async def within(self, work: Awaitable[T]) -> T:
        """Wait for it. Raises `CalledOff` when the layers do not want it any more; whoever else cancels the task is
        obeyed as ever."""
        task = asyncio.current_task()
        assert task is not None
        before = task.cancelling()
        self.task, self.is_interrupted = task, False
        try:
            return await work
        except asyncio.CancelledError:
            if not self.is_interrupted:
                raise
            self.is_interrupted = False
            if task.uncancel() > before:
                raise
            raise CalledOff from None
        finally:
            self.task = None
            if self.is_interrupted:
                task.uncancel()

    # -- running it

    async def take(self, work: Work, came: Came) -> None:
        """Tell the layers what has come of it, unless they do not want it any more."""
        outcome, error = came
        if work.is_cancelled:
            if outcome is not None and outcome.kind == "opened":
                await self.let_go(outcome.stream)
        else:
            self.tell(work, outcome, error)
        self.state.outbox.deliver()

    async def answer(self) -> Any:
        """Of a plain call: what the SDK has returned. Raises what it has raised, or our own."""
        await self._go_on()
        error = self.finish()
        if error is not None:
            raise error
        return self.outcome.value

    async def open(self) -> None:
        """Of a stream: until its headers are there, or the call is over. Raises what it is to raise then."""
        await self._go_on()
        if self.fails_at_once and (error := self.finish()) is not None:
            raise error

    async def _go_on(self) -> None:
        """Begin, until it is over or there is a stream to be read."""
        try:
            self.begin()
            while not self.is_over:
                work = self.inline
                if work is None:
                    await self._idle()
                elif work.effect.__class__ is Attempt:
                    await self.take(work, await self._attempt(work))
                else:
                    break
        except BaseException:
            await self.close()
            raise
        if self.is_over:
            await self._reap()
        self.state.outbox.deliver()

    async def events(self) -> AsyncIterator[Any]:
        """Those of a stream, for the application: to be asked for once."""
        ready = self.ready
        try:
            while not self.is_over:
                work = self.inline
                if work is None:
                    await self._idle()
                    continue
                if work.effect.__class__ is Attempt:
                    await self.take(work, await self._attempt(work))
                    continue
                reading = Reading(self, work)
                opened, note = reading.opened, reading.opened.note
                while (event := await reading.next()) is not None:
                    is_content = note(event)
                    if opened.is_shown:
                        yield event
                    else:
                        opened.backlog.append(event)
                        if is_content and not self.is_whole:
                            self.release(opened)
                            while ready:
                                yield ready.popleft()
                    if is_content and reading.until_text:
                        reading.came = opened.text(), None
                        break
                await reading.close()
            await self._reap()
            error = self.finish()
            while ready:
                yield ready.popleft()
        except GeneratorExit:
            self.state.drop(self)
            raise
        except BaseException:
            await self.close()
            raise
        if error is not None:
            raise error

    async def close(self) -> None:
        """Nobody goes on with it. A stream that had said all is a success."""
        opened = self.leave()
        if opened is not None:
            await self.let_go(opened, self.outcome)
        await self._reap()
        self.state.outbox.deliver()

    async def _reap(self) -> None:
        """Wait until the branches have ended that were called off, whatever happens meanwhile."""
        cancelled: BaseException | None = None
        while self._branches:
            try:
                await asyncio.wait(tuple(self._branches))
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    # -- doing what the layers want

    async def _attempt(self, work: Work) -> Came:
        try:
            return await self.within(self._send(work))
        except CalledOff:
            return None, None

    async def _run(self, work: Work) -> None:
        """A branch, in a task of its own."""
        try:
            came = await (self._send(work) if work.effect.__class__ is Attempt else self._read(work))
        except asyncio.CancelledError:
            if work.is_cancelled:
                return
            raise
        except BaseException as error:
            came = None, error
        await self.take(work, came)
        self._wake()

    async def _send(self, work: Work) -> Came:
        """One call of the SDK, with its own retries if it is set to any."""
        effect, request = work.effect, self.request
        followed = Followed(watch_of(effect.call, self.state), self.state)
        token = CURRENT.set(followed)
        outcome = CANCELLED
        try:
            messages, given = self.sender.messages(effect), request.to(effect)
            if not request.is_stream:
                outcome = answered(await messages.create(**given))
            elif not effect.call.is_stream:
                raw = await messages.with_raw_response.create(**plain(given))
                message = raw.parse()
                message = await message if isawaitable(message) else message  # 2.x returns it to be waited for
                outcome = self.has_come_whole(message, raw.http_response, work)
            else:
                made = getattr(messages, request.method)(**given)
                made = (await made.__aenter__())._raw_stream if request.method == "stream" else await made
                outcome = self.has_opened(made, made.__aiter__(), followed, work)
            return outcome, None
        except Exception as error:
            came = explained(error)
            outcome = came[0] or CANCELLED
            return came
        finally:
            CURRENT.reset(token)
            if outcome.kind != "opened":
                followed.end(outcome)

    async def _read(self, work: Work) -> Came:
        """Go on with a stream in a branch, whose events nobody sees yet."""
        gap, until_text = work.effect.gap, work.effect.until_text
        opened: Opened = work.effect.stream
        came: Came = None, None
        try:
            async with asyncio.timeout(gap) as limit:
                async for event in opened.events:
                    opened.backlog.append(event)
                    if opened.note(event):
                        if until_text:
                            came = opened.text(), None
                            return came
                        if gap is not None:
                            limit.reschedule(self.loop.time() + gap)
            came = opened.ended(), None
        except TimeoutError:
            came = opened.gap(), None
        except Exception as error:
            came = explained(error, opened)
        finally:
            if came[0] is None or came[0].kind != "text":
                await self.let_go(opened, came[0] or CANCELLED)
        return came

    @staticmethod
    async def let_go(opened: Opened, outcome: Outcome = CANCELLED) -> None:
        """Close a stream, unless that has been done."""
        if opened.let_go(outcome):
            await opened.real.close()
