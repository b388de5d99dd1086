"""All that a layer can ask for. A layer yields an effect and is sent what came of it.

`Sleep` and `Wait` are answered with None, `Attempt` and `Read` with an `Outcome` (never an exception), `Race` with the
index and the value of the branch that decided it, `Arm` at once with a `Scope`.

A limit that fires is thrown as `Expired` at whatever the layer then waits for; a layer that is closed (its caller
left, its branch lost) gets `GeneratorExit`. Neither may be answered with another effect: give back what you hold in
`finally`, synchronously.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple, Protocol, TypeAlias

from .call import Call
from .outcome import Outcome


class Handle(Protocol):
    """Something under way that can be called off."""

    def cancel(self) -> None: ...


class Timeouts(NamedTuple):
    """The HTTP library's four limits, each in seconds, each per phase and per attempt. None: no limit."""

    connect: float | None = 5.0
    read: float | None = 600.0
    write: float | None = 600.0
    pool: float | None = 600.0


class Sleep(NamedTuple):
    """Do nothing for a while."""

    seconds: float


class Attempt(NamedTuple):
    """One HTTP request. A streaming one is answered when its headers are there (`opened`) or it has failed.

    `is_last`: whether an error answer will be read to its end; the SDK drops the connection instead before it
    retries a streaming request. `headers_within`: seconds from its beginning to its headers, for an SDK that has such
    a limit of its own.
    """

    call: Call
    timeouts: Timeouts
    is_last: bool = True
    headers_within: float | None = None


class Read(NamedTuple):
    """Go on with an opened stream to its end, or (`until_text`) to the next content event.

    `gap` limits the time between content events, in seconds: pings do not count. Cancelling closes the stream.
    """

    stream: Any
    gap: float | None = None
    until_text: bool = False


class Race(NamedTuple):
    """Run layers side by side. The first whose value satisfies `until` decides, else the last to finish.

    The others are closed before the race is answered.
    """

    branches: tuple[Generator[Any, Any, Outcome], ...]
    until: Callable[[Outcome], bool]


class Arm(NamedTuple):
    """Set a limit, in seconds from now, on everything this layer does until it disarms the scope."""

    seconds: float


class Turn:
    """A place in a line that a layer keeps: whoever makes room says that it `comes`, in whatever thread."""

    __slots__ = ("has_come", "wake")

    def __init__(self) -> None:
        self.has_come = False
        self.wake: Callable[[], None] | None = None

    def comes(self) -> None:
        """It is theirs, whether or not they still wait: who is closed gives it on in `finally`."""
        self.has_come = True
        if self.wake is not None:
            self.wake()


class Wait(NamedTuple):
    """Do nothing until a turn has come."""

    turn: Turn


Effect: TypeAlias = Sleep | Wait | Attempt | Read | Race | Arm
Steps: TypeAlias = Generator[Effect, Any, Outcome]
Run: TypeAlias = Callable[[Call], Steps]


class Expired(BaseException):
    """Thrown into a layer when a limit it armed has run out. `scope` says which."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.scope = scope


class Scope:
    """A limit that was armed."""

    __slots__ = ("node", "timer")

    def __init__(self, node: Any) -> None:
        self.node = node
        self.timer: Handle | None = None

    def disarm(self) -> None:
        """Call the limit off. Synchronous and idempotent: it belongs in `finally`."""
        timer, self.timer, self.node = self.timer, None, None
        if timer is not None:
            timer.cancel()
