"""One call of the application on its way through the layers: who it is, what it asks for, which attempt is next."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from brownout.fakes.draws import Draws, Identity

from .resuming import Rest


class Ask(NamedTuple):
    """What the application asked for. Times are seconds of the scenario, `intended` the moment it meant to send."""

    client: int
    call: int
    intended: float
    deadline: float
    stream: bool
    input_tokens: int
    max_tokens: int
    profile: str = "chat"
    """The kind of call: clients may treat each kind differently."""
    caller_timeout: float | None = None
    """When whoever waits for this call leaves, in seconds from `intended`; the program does not hear of it."""
    model: str = ""
    """Which model is asked; empty where there is but one."""


class Target(NamedTuple):
    """Who is asked instead of whom the application named. Empty: the same."""

    model: str = ""
    endpoint: str = ""
    """A base URL."""
    is_plain: bool = False
    """Without streaming, where the application asked for a stream."""


class Call:
    """An `Ask` and its running state, for one branch of it."""

    __slots__ = (
        "_parent",
        "ask",
        "attempts",
        "branch",
        "branches",
        "first_byte",
        "first_token",
        "gap",
        "is_shown",
        "jitter_draws",
        "rest",
        "target",
        "total_attempts",
    )

    def __init__(self, ask: Ask, jitter_draws: Draws, branch: int = 0, parent: Call | None = None) -> None:
        self.ask = ask
        self.jitter_draws = jitter_draws
        self.branch = branch
        self.attempts = 0
        """How many attempts of this branch have begun: the ordinal of the next."""
        self.first_byte: float | None = None
        self.first_token: float | None = None
        """Limits on the time from the beginning of an attempt to its headers, and to a stream's first content."""
        self.gap: float | None = None
        """The limit on the gap between content events, in seconds."""
        self.target: Target | None = None
        self.rest: Rest | None = None
        """What is asked for instead of a whole answer."""
        self.is_shown = False
        """Whether the application has been given content of what is asked for now: nobody may begin that anew."""
        self.branches = 1
        self.total_attempts = 0
        """Of all branches; kept at the root."""
        self._parent = parent

    def fork(self) -> Call:
        """The same call on a branch of its own, with its own labels."""
        root = self._parent or self
        child = Call(self.ask, self.jitter_draws, root.branches, root)
        child.first_byte, child.first_token, child.gap = self.first_byte, self.first_token, self.gap
        child.target, child.rest = self.target, self.rest
        root.branches += 1
        return child

    @property
    def model(self) -> str:
        """Which is asked now."""
        return (self.target and self.target.model) or self.ask.model

    @property
    def is_stream(self) -> bool:
        """Whether a stream is asked for now."""
        return self.ask.stream and not (self.target and self.target.is_plain)

    @property
    def endpoint(self) -> str:
        """Whom is asked now; empty for whom the client asks."""
        return self.target.endpoint if self.target else ""

    def next_identity(self) -> Identity:
        """Number the attempt that is about to begin."""
        ask = self.ask
        identity: Identity = tuple.__new__(Identity, (ask[0], ask[1], self.attempts, self.branch))
        self.attempts += 1
        root = self if self._parent is None else self._parent
        root.total_attempts += 1
        return identity

    def draw(self, purpose: str) -> float:
        """A draw in (0, 1) for another purpose, that belongs to the attempt that is about to begin."""
        who = Identity(self.ask.client, self.ask.call, self.attempts, self.branch)
        return self.jitter_draws.uniform(who.label ^ _key_of(purpose))

    def jitter(self) -> float:
        """A draw in (0, 1) that belongs to the attempt before: whoever retries it waits alike."""
        who = Identity(self.ask.client, self.ask.call, max(0, self.attempts - 1), self.branch)
        return self.jitter_draws.uniform(who.label)


@cache
def _key_of(purpose: str) -> int:
    """Which sets the draws for one purpose apart from those for another."""
    return int.from_bytes(blake2b(purpose.encode(), digest_size=8).digest(), "big")
