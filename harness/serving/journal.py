"""What the server did, one record a request as JSON, in the order in which they ended; no key and no prompt in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from typing_extensions import TypedDict

from brownout.fakes.journal import Served, TurnedAway

LATE = 0.05
"""Real seconds by which a step may be played after it was due before the request, and the run, is flagged as late."""


MOST_LOOKS = 10_000
"""Records that are looked at for one page of one test: the server waits meanwhile."""


class Who(TypedDict):
    """Who sent a request: as its path or header says, else numbered in the order of arrival."""

    client: int
    call: int
    attempt: int
    branch: int


class Moment(TypedDict):
    """When something was to be sent, and when it was, in seconds of the scenario."""

    due: float
    at: float


class RequestRecord(TypedDict):
    """One request. Times are seconds of the scenario."""

    number: int
    kind: Literal["request"]
    who: Who
    test: str | None
    stream: bool
    input_tokens: int
    output_tokens: int
    sent_tokens: int
    status: int | None
    complete: bool
    fault: str | None
    fired: bool
    retry_after: float | None
    arrived: float
    granted: float | None
    ended: float | None
    left: float | None
    head: Moment | None
    end: Moment | None
    lateness: float
    late: bool


class ConnectionRecord(TypedDict):
    """One connection that was not let in."""

    number: int
    kind: Literal["connection"]
    at: float
    fault: str


Record: TypeAlias = RequestRecord | ConnectionRecord


class Journal:
    """Everything since the start, numbered from 1, and who is told of it as it comes."""

    def __init__(self, scale: float) -> None:
        """`scale`: seconds of the scenario in a real one."""
        self._scale = scale
        self._entries: list[Served | TurnedAway] = []
        self.followers: set[Callable[[], None]] = set()
        """Called after each record, and when all are gone."""
        self.late = self.age = 0
        """Requests that were late, and how often it was emptied."""
        self.turned_away = 0
        """Connections that were not let in."""
        self._worst = 0.0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def served(self) -> int:
        """How many requests there were."""
        return len(self._entries) - self.turned_away

    @property
    def worst(self) -> float:
        """The largest lateness, in real seconds."""
        return self._worst / self._scale

    def add(self, entry: Served | TurnedAway) -> None:
        """It has just come to its end."""
        self._entries.append(entry)
        if isinstance(entry, TurnedAway):
            self.turned_away += 1
        elif entry.lateness > 0.0:
            self.late += self._is_late(entry)
            self._worst = max(self._worst, entry.lateness)
        if self.followers:
            self._tell()

    def clear(self) -> None:
        """As at the start."""
        self._entries.clear()
        self.turned_away, self.late, self._worst = 0, 0, 0.0
        self.age += 1
        self._tell()

    def page(self, after: int, limit: int, test: str | None = None) -> tuple[list[Record], int]:
        """Those that follow a number, of one test or of all, and the number up to which they were looked for: that of
        the last, where the page is full."""
        if test is None:
            part = self._entries[after : after + limit]
            return [self._record(after + 1 + i, entry) for i, entry in enumerate(part)], after + len(part)
        found: list[Record] = []
        number = after
        for number, entry in enumerate(self._entries[after : after + MOST_LOOKS], after + 1):
            if isinstance(entry, Served) and entry.test == test:
                found.append(self._record(number, entry))
                if len(found) == limit:
                    break
        return found, number

    def _tell(self) -> None:
        for follower in tuple(self.followers):
            follower()

    def _is_late(self, entry: Served) -> bool:
        return entry.lateness / self._scale > LATE

    def _record(self, number: int, entry: Served | TurnedAway) -> Record:
        if isinstance(entry, TurnedAway):
            return {"number": number, "kind": "connection", "at": entry.at, "fault": entry.fault}
        return {
            "number": number,
            "kind": "request",
            "who": Who(**entry.who._asdict()),  # type: ignore[typeddict-item]  # the same four names
            "test": entry.test or None,
            "stream": entry.stream,
            "input_tokens": entry.input_tokens,
            "output_tokens": entry.output_tokens,
            "sent_tokens": entry.sent_tokens,
            "status": entry.status,
            "complete": entry.is_complete,
            "fault": entry.fault,
            "fired": entry.has_fired,
            "retry_after": entry.retry_after,
            "arrived": entry.arrived,
            "granted": entry.granted,
            "ended": entry.ended,
            "left": entry.left,
            "head": _moment(entry.head_due, entry.head_at),
            "end": _moment(entry.end_due, entry.end_at),
            "lateness": entry.lateness,
            "late": self._is_late(entry),
        }


def _moment(due: float | None, at: float | None) -> Moment | None:
    return None if due is None or at is None else {"due": due, "at": at}
