"""What all calls of a resilient client share: the layers' state, the lock it is stepped under, the clock, the hooks."""

from __future__ import annotations

import math
import random  # noqa: TID251 - each process draws otherwise; a program that is played, alike each time
import threading
import time  # noqa: TID251 - the driver's own clock
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Protocol

from brownout.fakes.draws import Draws
from brownout.fakes.latency import BYTES_PER_TOKEN

from ..client import Client
from ..policies.call import Ask, Call
from ..policies.effects import Run
from ..policies.layer import Site
from ..policies.layers.deadline import Deadline
from .records import Hook, Outbox


class Dropped(Protocol):
    """A call that nobody goes on with."""

    def cancel(self) -> None: ...


def monotonic() -> float:
    """Looked up each time: in virtual time it is another one."""
    return time.monotonic()


class State:
    """The layers know no threads: whoever steps them holds `lock`, and nobody waits for anything meanwhile."""

    def __init__(self, config: Client, hooks: Sequence[Hook], seed: int | None = None) -> None:
        self.config = config
        self.lock = threading.RLock()
        self.outbox = Outbox(hooks)
        self._zero = monotonic()
        seed = random.getrandbits(64) if seed is None else seed
        self._draws = Draws(seed, "jitter")
        self._numbers = count()
        self._dropped: deque[Dropped] = deque()
        site = Site(0, self.now, self.outbox.put, config.timeouts.timeouts(), has_real_sdk=True)
        self.run = config.stack(site)
        self._site = site
        self.breakers = site.breakers

    def now(self) -> float:
        """Seconds since the client was made."""
        return time.monotonic() - self._zero

    def within(self, deadline: float | None) -> Run:
        """The layers, and around them a limit on the whole call, if there is one."""
        if deadline is None:
            return self.run
        return Deadline.model_construct(total=deadline).wrap(self.run, self._site)

    def call(self, request: Mapping[str, Any], is_stream: bool, profile: str) -> Call:
        """A new call; what others have dropped is closed first, so that its permits are there."""
        while self._dropped:
            self._dropped.popleft().cancel()
        return Call(
            Ask(
                0,
                next(self._numbers),
                self.now(),
                math.inf,
                is_stream,
                # For records alone: the layers do not ask.
                size_of(request.get("messages")) + size_of(request.get("system")) if self.outbox else 0,
                request.get("max_tokens") or 0,
                profile,
                model=str(request.get("model", "")),
            ),
            self._draws,
        )

    def drop(self, call: Dropped) -> None:
        """The garbage collector has found it, maybe within a step: the call is cancelled before the next begins."""
        self._dropped.append(call)


def size_of(content: Any) -> int:
    """Tokens, roughly, as nobody has counted: of texts alone, wherever in the request they are."""
    return -(-_characters(content) // BYTES_PER_TOKEN)


def _characters(content: Any) -> int:
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return _characters(content.get("content")) or _characters(content.get("text"))
    return sum(map(_characters, content)) if isinstance(content, list | tuple) else 0
