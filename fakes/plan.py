"""What the server will do with one request, as a value: an immutable sequence of timed steps.

Tokens are run-length coded; nothing here sends, waits or draws. A `Player` plays a plan, a fault rewrites it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass, whatever the load."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Admit:
    """Ask for quota and for a slot. The endpoint answers with the next segment, now or when a slot comes free."""


@dataclass(frozen=True, slots=True)
class Release:
    """Give the slot back."""


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers. `retry_after` in seconds of the scenario."""

    status: int = 200
    sse: bool = False
    retry_after: float | None = None
    should_retry: bool | None = None
    retry_form: RetryForm = "seconds"
    fields: tuple[tuple[str, str], ...] = ()
    """Headers beside the usual ones, or instead of them."""
    excess: int = 0
    """By how many bytes the length that it announces is too large."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event that is not content; its data follow from the request and its reply."""

    name: str
    block: int = 0
    """Of the content, from 0, for events that are about one."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """`count` content deltas; the k-th (from 1) leaves k * `gap` seconds after the run began."""

    count: int
    gap: float


@dataclass(frozen=True, slots=True)
class Making:
    """The same time, and the same tokens, of an answer that is kept back until it is whole. Only where it matters when
    they are made; else a `Wait` does."""

    count: int
    gap: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON body of a whole message, or the part of it between two fractions of its bytes."""

    start: float = 0.0
    end: float = 1.0


@dataclass(frozen=True, slots=True)
class Error:
    """The service's JSON error body."""

    type: str
    message: str
    details: tuple[tuple[str, str], ...] = ()
    """Names and values, for the few errors that have any."""


@dataclass(frozen=True, slots=True)
class StreamError:
    """The service's error as an event inside a stream that began with status 200."""

    type: str
    message: str


@dataclass(frozen=True, slots=True)
class Body:
    """These bytes, in place of an answer."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Raw:
    """These bytes, in place of HTTP."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Content as it should not be: what stands in `step`, but `how`."""

    step: Event | Tokens | Answer
    how: Spoiling


@dataclass(frozen=True, slots=True)
class Drip:
    """What stands in `step`, `size` bytes every `gap` seconds."""

    step: WithBytes
    size: int
    gap: float


@dataclass(frozen=True, slots=True)
class Drops:
    """The pieces of a drip: the k-th (from 1) leaves k * `gap` seconds after they began."""

    count: int
    gap: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Say nothing for `seconds` (None: for ever), but if `pings` is given something that is no content every so many
    seconds: a ping, or a comment, which parsers pass over."""

    seconds: float | None = None
    pings: float | None = None
    comments: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A line of a stream that is no event."""


@dataclass(frozen=True, slots=True)
class Vanish:
    """From here on no packet comes through, either way. Nothing is closed, and the service knows nothing of it: it goes
    on as if it were heard."""


@dataclass(frozen=True, slots=True)
class Idle:
    """What becomes of the connection when this answer is over: ended `after` seconds in which it is idle (None: only
    when the next request comes, `late` seconds after that), by RST or FIN."""

    after: float | None
    late: float = 0.0
    by_reset: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The clean end of the body; the connection stays open."""


@dataclass(frozen=True, slots=True)
class Close:
    """FIN in the middle of the answer."""


@dataclass(frozen=True, slots=True)
class Reset:
    """RST: what was not read yet is lost too."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The point at which a fault takes effect: it has fired once this is reached."""

    fault: int


RetryForm: TypeAlias = Literal["seconds", "ms", "date"]
"""How `retry-after` is said."""
WithBytes: TypeAlias = Head | Event | Tokens | Answer | Error | Body | StreamError
"""What can be sent byte by byte."""
Spoiling: TypeAlias = Literal["half", "no_json", "no_utf8", "no_name", "twice", "swapped", "no_gzip"]
Step: TypeAlias = (
    Wait
    | Admit
    | Release
    | Head
    | Event
    | Tokens
    | Making
    | Answer
    | Error
    | StreamError
    | Body
    | Raw
    | Spoiled
    | Drip
    | Drops
    | Stall
    | Comment
    | Vanish
    | Idle
    | Finish
    | Close
    | Reset
    | Mark
)
Plan: TypeAlias = tuple[Step, ...]

ADMIT, RELEASE, FINISH, CLOSE, RESET = Admit(), Release(), Finish(), Close(), Reset()
WHOLE: Plan = (Head(), Answer(), FINISH)
SERVED: Plan = (RELEASE, *WHOLE)
"""How a plain answer ends to which nothing has happened."""
START = Event("message_start")
ENDING: Plan = (Event("message_delta"), Event("message_stop"))
OPENING: Plan = (START, Event("content_block_start"), Event("ping"))
CLOSING: Plan = (Event("content_block_stop"), *ENDING)
HEAD_SSE = Head(sse=True)
BEGINNING: Plan = (HEAD_SSE, *OPENING)
ENDED: Plan = (RELEASE, *CLOSING, FINISH)
"""How a stream begins and ends to which nothing has happened."""


def streamed(blocks: Iterable[int], gap: float) -> Plan:
    """What comes between the first events of a stream and its last: of each block so many content deltas."""
    steps: list[Step] = []
    for block, count in enumerate(blocks):
        steps.append(Event("content_block_start", block))
        steps += [Event("ping")] if block == 0 else []
        steps += [Tokens(count, gap)] if count else []
        steps.append(Event("content_block_stop", block))
    return tuple(steps)


def tokens_in(plan: Plan) -> int:
    """How many content deltas the plan holds."""
    return sum(step.count for step in plan if isinstance(step, Tokens))


def is_unanswered(rest: Plan) -> bool:
    """Whether of this rest of a plan not even the headers have left."""
    return any(isinstance(step.step if isinstance(step, Drip) else step, Admit | Head) for step in rest)


def is_in_stream(rest: Plan) -> bool:
    """Whether such a rest of a plan is that of a stream that has begun."""
    return any(isinstance(step, Event | Tokens) for step in rest) and not is_unanswered(rest)


def split_tokens(plan: Plan, count: int) -> tuple[Plan, Plan] | None:
    """The plan cut just after its `count`-th content delta, or None when it has fewer."""
    left = count
    for i, step in enumerate(plan):
        if isinstance(step, Tokens):
            if left <= step.count:
                sent = (replace(step, count=left),) if left else ()
                rest = (replace(step, count=step.count - left),) if left < step.count else ()
                return (*plan[:i], *sent), (*rest, *plan[i + 1 :])
            left -= step.count
    return None
