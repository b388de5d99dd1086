"""Every effect a layer can ask for, on every backend: the same files give the same attempts, outcomes and exceptions.

One client makes one call. Its request is sent at 0 s; on a new connection the headers come at 1.12 s, then twenty
tokens, one each 100 ms: an answer that nothing disturbs is there after 3.12 s, whether it is streamed or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest

from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.scenario import Scenario

from .backends import BACKENDS

SCENARIO = """
name: one-call
workload:
  clients: 1
  limit: 1
  arrivals: {kind: closed, think: 200ms}
  calls: {deadline: 60s, stream: STREAM, input_tokens: 10, output_tokens: 20}
server:
  latency: {round_trip: 40ms, first_token: 1s, token_gap: 100ms}
timeline:
  - {for: 2s, faults: [FIRST]}
  - {for: 60s, faults: [THEN]}
"""
CLIENT = """
name: stack
timeouts: {connect: 2s, read: READ, write: 20s, pool: 20s}
layers: [LAYERS, sdk: {max_retries: 0}]
"""
WHOLE = 3.12
"""Seconds that an answer takes on a new connection."""
REUSED = WHOLE - 0.08
"""The same where the connection is open already."""
UNTIL_TEXT = 1.12
"""Seconds until the headers of a stream."""
SCALE = 10.0
LATE = 0.3
"""Seconds of the scenario by which a machine that keeps up is late at most: 30 ms of the wall clock."""


class Sent(NamedTuple):
    """One attempt: its branch, its number there, what became of it, and whether a connection was opened for it."""

    branch: int
    number: int
    outcome: str
    is_fresh: bool = True


class Wait(NamedTuple):
    """A pause before a retry: after which attempt, how long, and why."""

    branch: int
    number: int
    seconds: float
    why: str = "backoff"


@dataclass(frozen=True)
class Case:
    """What is configured, and what must come of it. `takes`: seconds from the call's beginning to its end."""

    layers: str
    outcome: str
    exception: str
    takes: float
    sent: tuple[Sent, ...]
    waits: tuple[Wait, ...] = ()
    tokens: int = 0
    first: str = ""
    """The fault in force in the first two seconds."""
    then: str = ""
    """The fault in force after that."""
    stream: bool = True
    read: str = "20s"
    """The read timeout."""

    def scenario(self) -> Scenario:
        text = SCENARIO.replace("STREAM", "100%" if self.stream else "0%")
        return loads(text.replace("FIRST", self.first).replace("THEN", self.then), Scenario)

    def client(self) -> Client:
        return loads(CLIENT.replace("READ", self.read).replace("LAYERS", self.layers), Client)


SILENT = "{kind: stall, at: {tokens: 3}}"
PINGS = "{kind: stall, at: {tokens: 3}, pings: 500ms}"
HEDGES = {
    "the second answers a stream": Case(
        "hedge: {after: 3s}",
        "ok",
        "",
        3 + WHOLE,
        (Sent(0, 0, "cancelled"), Sent(1, 0, "ok")),
        tokens=20,
        first="{kind: no_answer}",
    ),
    "the second answers": Case(
        "hedge: {after: 3s}",
        "ok",
        "",
        3 + WHOLE,
        (Sent(0, 0, "cancelled"), Sent(1, 0, "ok")),
        first="{kind: no_answer}",
        stream=False,
    ),
    "the first answers in time": Case("hedge: {after: 5s}", "ok", "", WHOLE, (Sent(0, 0, "ok"),), tokens=20),
    "the first answers while the second waits for headers": Case(
        "hedge: {after: 2500ms}",
        "ok",
        "",
        WHOLE,
        (Sent(0, 0, "ok"), Sent(1, 0, "cancelled")),
        tokens=20,
    ),
    "the first answers while the second streams": Case(
        "hedge: {after: 1500ms}",
        "ok",
        "",
        WHOLE,
        (Sent(0, 0, "ok"), Sent(1, 0, "cancelled")),
        tokens=20,
    ),
    "both fail": Case(
        "hedge: {after: 3s}",
        "stream_broken",
        "httpx2.ReadError",
        2 * (UNTIL_TEXT + 0.5),
        (Sent(0, 0, "stream_broken"), Sent(1, 0, "stream_broken")),
        tokens=5,
        first="{kind: reset, at: {tokens: 5}}",
        then="{kind: reset, at: {tokens: 5}}",
    ),
}
STALLS = {
    "silent, the gap limit is shorter": Case(
        "content_gap: {limit: 2s}",
        "gap",
        "brownout.ContentGapExceeded",
        UNTIL_TEXT + 0.3 + 2,
        (Sent(0, 0, "gap"),),
        tokens=3,
        first=SILENT,
        read="4s",
    ),
    "silent, the read timeout is shorter": Case(
        "content_gap: {limit: 4s}",
        "stream_timeout",
        "httpx2.ReadTimeout",
        UNTIL_TEXT + 0.3 + 2,
        (Sent(0, 0, "stream_timeout"),),
        tokens=3,
        first=SILENT,
        read="2s",
    ),
    "behind pings, the read timeout never fires": Case(
        "content_gap: {limit: 6s}",
        "gap",
        "brownout.ContentGapExceeded",
        UNTIL_TEXT + 0.3 + 6,
        (Sent(0, 0, "gap"),),
        tokens=3,
        first=PINGS,
        read="2s",
    ),
    "behind pings, without a gap limit only the deadline is left": Case(
        "deadline: {total: 9s}",
        "deadline",
        "brownout.DeadlineExceeded",
        9,
        (Sent(0, 0, "cancelled"),),
        first=PINGS,
        read="2s",
    ),
    "behind pings, and over before the gap limit": Case(
        "content_gap: {limit: 6s}",
        "ok",
        "",
        WHOLE + 5,
        (Sent(0, 0, "ok"),),
        tokens=20,
        first="{kind: stall, at: {tokens: 3}, for: 5s, pings: 500ms}",
        read="2s",
    ),
    "before the first token the gap limit counts from the headers": Case(
        "content_gap: {limit: 2s}",
        "gap",
        "brownout.ContentGapExceeded",
        UNTIL_TEXT + 2,
        (Sent(0, 0, "gap"),),
        first="{kind: stall, at: {tokens: 0}, pings: 500ms}",
    ),
    "before the headers only the read timeout counts": Case(
        "content_gap: {limit: 2s}",
        "timeout",
        "anthropic.APITimeoutError",
        5,
        (Sent(0, 0, "timeout"),),
        first="{kind: stall, at: before_headers}",
        read="5s",
    ),
}

RETRIES = "retry: {retries: 2, backoff: {base: 1s, jitter: none}, on: [stream_before_text]}, content_gap: {limit: 2s}"


@dataclass(frozen=True)
class Break:
    """A way in which a stream breaks, at a moment to be filled in. `after`: seconds from the moment to the end."""

    fault: str
    outcome: str
    exception: str
    after: float = 0.0
    reuses: bool = False
    """Whether the connection can carry the next attempt."""

    def at(self, tokens: int) -> str:
        return self.fault.replace("AT", f"at: {{tokens: {tokens}}}, where: {{attempts: [0]}}")

    def before_text(self) -> Case:
        """Broken before its first text: tried once more, with success."""
        return Case(
            RETRIES,
            "ok",
            "",
            UNTIL_TEXT + self.after + 1 + (REUSED if self.reuses else WHOLE),
            (Sent(0, 0, self.outcome), Sent(0, 1, "ok", not self.reuses)),
            (Wait(0, 0, 1.0),),
            tokens=20,
            first=self.at(0),
        )

    def after_text(self) -> Case:
        """Broken after its first text: not tried again, as it may have been read already."""
        return Case(
            RETRIES,
            self.outcome,
            self.exception,
            UNTIL_TEXT + 0.1 + self.after,
            (Sent(0, 0, self.outcome),),
            tokens=1,
            first=self.at(1),
        )


BREAKS = {
    "reset": Break("{kind: reset, AT}", "stream_broken", "httpx2.ReadError"),
    "cut": Break("{kind: truncate, AT}", "truncated", "", reuses=True),
    "error event": Break("{kind: stream_error, AT}", "stream_error", "anthropic.APIStatusError"),
    "silence": Break("{kind: stall, AT}", "gap", "brownout.ContentGapExceeded", after=2.0),
    "pings": Break("{kind: stall, pings: 500ms, AT}", "gap", "brownout.ContentGapExceeded", after=2.0),
}

# The first attempt breaks before its text at 1.12 s and is tried again at 2.12 s; that one stalls after three tokens
# at 3.54 s and is given up at 5.04 s. The hedge does the same four seconds later, and is given up at 9.04 s.
EVERYTHING = (
    "deadline: {total: TOTAL}, hedge: {after: 4s}, "
    "retry: {retries: 2, backoff: {base: 1s, jitter: none}, on: [stream_before_text, connection]}, "
    "content_gap: {limit: 1500ms}"
)
BOTH = "{kind: reset, at: {tokens: 0}, where: {attempts: [0]}}, {kind: stall, at: {tokens: 3}, pings: 500ms}"
NESTED = {
    "everything, and the deadline is far": Case(
        EVERYTHING.replace("TOTAL", "20s"),
        "gap",
        "brownout.ContentGapExceeded",
        4 + UNTIL_TEXT + 1 + UNTIL_TEXT + 0.3 + 1.5,
        (Sent(0, 0, "stream_broken"), Sent(0, 1, "gap"), Sent(1, 0, "stream_broken"), Sent(1, 1, "gap")),
        (Wait(0, 0, 1.0), Wait(1, 0, 1.0)),
        tokens=3,
        first=BOTH,
        then=BOTH,
    ),
    "everything, and the deadline hits the hedge's stream": Case(
        EVERYTHING.replace("TOTAL", "8300ms"),
        "deadline",
        "brownout.DeadlineExceeded",
        8.3,
        (Sent(0, 0, "stream_broken"), Sent(0, 1, "gap"), Sent(1, 0, "stream_broken"), Sent(1, 1, "cancelled")),
        (Wait(0, 0, 1.0), Wait(1, 0, 1.0)),
        first=BOTH,
        then=BOTH,
    ),
    "everything, and the deadline hits the hedge's back-off": Case(
        EVERYTHING.replace("TOTAL", "5650ms"),
        "deadline",
        "brownout.DeadlineExceeded",
        5.65,
        (Sent(0, 0, "stream_broken"), Sent(0, 1, "gap"), Sent(1, 0, "stream_broken")),
        (Wait(0, 0, 1.0), Wait(1, 0, 1.0)),
        first=BOTH,
        then=BOTH,
    ),
    "everything, and the deadline hits a stream and a hedge without headers": Case(
        EVERYTHING.replace("TOTAL", "4500ms"),
        "deadline",
        "brownout.DeadlineExceeded",
        4.5,
        (Sent(0, 0, "stream_broken"), Sent(0, 1, "cancelled"), Sent(1, 0, "cancelled")),
        (Wait(0, 0, 1.0),),
        first=BOTH,
        then=BOTH,
    ),
}
CASES: dict[str, Case] = {
    **{f"hedge: {name}": case for name, case in HEDGES.items()},
    **{f"stall: {name}": case for name, case in STALLS.items()},
    **{f"{name} before text": way.before_text() for name, way in BREAKS.items()},
    **{f"{name} after text": way.after_text() for name, way in BREAKS.items()},
    **NESTED,
}


# -- the backends


def played(case: Case, backend: str) -> Ledger:
    """A run in which the machine kept up; an overloaded one proves nothing about the wire, and is played again."""
    for _ in range(6):
        ledger = BACKENDS[backend](case.scenario(), case.client(), 1, SCALE)
        if max(served.lateness for served in ledger.journal) <= LATE:
            break
    return ledger


on_each = pytest.mark.parametrize("backend", BACKENDS)


@on_each
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_same_files_come_to_the_same(case: Case, backend: str) -> None:
    """The attempts, the pauses, the outcome and the exception are those planned, and so is the time it takes."""
    ledger = played(case, backend)
    [call] = ledger.calls
    assert (call.outcome, call.exception, call.tokens) == (case.outcome, case.exception, case.tokens)
    assert call.attempts == len(case.sent)
    sent = sorted(ledger.attempts, key=lambda attempt: (attempt.who.branch, attempt.who.attempt))
    assert tuple(Sent(a.who.branch, a.who.attempt, a.outcome, a.is_fresh) for a in sent) == case.sent
    waits = sorted(ledger.waits, key=lambda wait: (wait.after.branch, wait.after.attempt))
    assert tuple(Wait(w.after.branch, w.after.attempt, w.seconds, w.why) for w in waits) == case.waits
    assert call.finished is not None
    share, seconds = (0.1, 2 * LATE) if backend == "wire" else (0.0, 1e-4)
    early = 1e-3  # a timer of the wall clock may fire a little before its time
    assert case.takes - early <= call.finished - call.started <= case.takes * (1 + share) + seconds


@on_each
@pytest.mark.parametrize("name", NESTED)
def test_the_server_saw_every_attempt_and_who_left(name: str, backend: str) -> None:
    """The journal has each attempt once, and of just those given up that the client left."""
    ledger = played(NESTED[name], backend)
    outcomes = {attempt.who: attempt.outcome for attempt in ledger.attempts}
    assert {served.who for served in ledger.journal} == outcomes.keys()
    left = {served.who for served in ledger.journal if served.left is not None}
    assert left == {who for who, outcome in outcomes.items() if outcome in ("cancelled", "gap")}
