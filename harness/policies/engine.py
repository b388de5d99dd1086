"""The one engine that steps layers, for every backend. A backend is a port of three functions and nothing else.

`attempt`, `read` and `timer` start something and return a handle; they never call back before they have returned, nor
once the handle was cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Protocol

from .effects import Arm, Attempt, Expired, Handle, Race, Read, Scope, Sleep, Turn, Wait
from .outcome import Outcome

Callback = Callable[..., None]
"""Called with the node that was passed in and the value, and an error if there is one."""


class Port(Protocol):
    """What a backend has to offer."""

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle: ...

    def read(self, effect: Read, callback: Callback, node: Any) -> Handle: ...

    def timer(self, delay: float, callback: Callback, node: Any) -> Handle: ...


class Node:
    """One running layer: the generator, what it waits for, and who is told when it is done."""

    __slots__ = ("done", "generator", "pending", "race")

    def __init__(
        self, generator: Generator[Any, Any, Any], done: Callable[[Node, Any, BaseException | None], None]
    ) -> None:
        self.generator = generator
        self.done: Callable[[Node, Any, BaseException | None], None] | None = done
        self.pending: Handle | None = None
        self.race: _Race | None = None

    def cancel(self) -> None:
        """Stop what it waits for, then close it, inner frames first. Nothing is told."""
        if self.done is None:
            return
        pending, self.pending, self.done = self.pending, None, None
        if pending is not None:
            pending.cancel()
        self.generator.close()


class _Race:
    """A race under way: the handle that its parent waits for."""

    __slots__ = ("branches", "is_over", "left", "parent", "until")

    def __init__(self, parent: Node, effect: Race) -> None:
        self.parent = parent
        self.until = effect.until
        self.left = len(effect.branches)
        self.branches: list[Node] = []
        self.is_over = False

    def cancel(self) -> None:
        self.is_over = True
        for branch in self.branches:
            branch.cancel()


class _Waiting:
    """A node whose turn has not come. It is woken through the port, which alone knows where its engine runs."""

    __slots__ = ("_engine", "_node", "_turn")

    def __init__(self, engine: Engine, node: Node, turn: Turn) -> None:
        self._engine, self._node, self._turn = engine, node, turn
        turn.wake = self._wake

    def _wake(self) -> None:
        self._engine.timer(0.0, self._go_on, None)

    def _go_on(self, _: None, __: None = None) -> None:
        if self._node.pending is self:
            self._engine.step(self._node, None)

    def cancel(self) -> None:
        self._turn.wake = None


class Engine:
    """Steps generators of effects through a port."""

    def __init__(self, port: Port) -> None:
        self._attempt, self._read, self.timer = port.attempt, port.read, port.timer

    def start(
        self, generator: Generator[Any, Any, Any], done: Callable[[Node, Any, BaseException | None], None]
    ) -> Node:
        """Run a layer. `done(node, value, error)` is told its end, unless it is cancelled. It may be told at once."""
        node = Node(generator, done)
        self.step(node, None)
        return node

    def step(self, node: Node, value: Any, error: BaseException | None = None) -> None:
        """Send what came of an effect and go on until something has to be waited for."""
        if node.done is None:
            return  # a late echo of something cancelled
        node.pending = None
        while True:
            try:
                effect = node.generator.send(value) if error is None else node.generator.throw(error)
            except StopIteration as stop:
                self._end(node, stop.value, None)
                return
            except (Exception, Expired) as raised:  # the layer's own failure, for whoever started it
                self._end(node, None, raised)
                return
            error = None
            kind = effect.__class__
            if kind is Attempt:
                node.pending = self._attempt(effect, self.step, node)
                return
            if kind is Sleep:
                node.pending = self.timer(effect.seconds, self.step, node)
                return
            if kind is Read:
                node.pending = self._read(effect, self.step, node)
                return
            if kind is Arm:
                value = scope = Scope(node)
                scope.timer = self.timer(effect.seconds, self._expire, scope)
            elif kind is Race:
                self._race(node, effect)
                return
            elif kind is Wait:
                value = None
                if not effect.turn.has_come:
                    node.pending = _Waiting(self, node, effect.turn)
                    return
            else:
                error = TypeError(f"a layer yielded {effect!r}, which is not an effect")

    @staticmethod
    def _end(node: Node, value: Any, error: BaseException | None) -> None:
        done, node.done = node.done, None
        if done is not None:
            done(node, value, error)

    def _expire(self, scope: Scope, _: None = None) -> None:
        node: Node | None = scope.node
        scope.timer = scope.node = None
        if node is None or node.done is None:
            return
        pending, node.pending = node.pending, None
        if pending is not None:
            pending.cancel()
        self.step(node, None, Expired(scope))

    def _race(self, node: Node, effect: Race) -> None:
        race = _Race(node, effect)
        node.pending = race
        for generator in effect.branches:
            if race.is_over:
                generator.close()  # an earlier branch has decided at once
                continue
            branch = Node(generator, self._finish)
            branch.race = race
            race.branches.append(branch)
            self.step(branch, None)

    def _finish(self, branch: Node, value: Outcome, error: BaseException | None) -> None:
        race = branch.race
        assert race is not None
        race.left -= 1
        if race.is_over or (error is None and race.left and not race.until(value)):
            return
        race.cancel()
        self.step(race.parent, (race.branches.index(branch), value), error)
