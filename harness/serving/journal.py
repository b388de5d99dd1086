"""What the server did, one record a request as JSON, in the order in which they ended; no key and no prompt in it.

The latest are kept. Numbers go on as if all were.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Literal, TypeAlias

from typing_extensions import TypedDict

from brownout.fakes.journal import Served, TurnedAway

LATE = 0.05
"""Real seconds by which a step may be played after it was due before the request, and the run, is flagged as late."""

MOST_KEPT = 200_000
"""Records, unless whoever serves says otherwise: about 130 MB."""
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
    """What there was since the start, numbered from 1, the latest of it kept, and who is told of it as it comes."""

    def __init__(self, scale: float, most: int = MOST_KEPT) -> None:
        """`scale`: seconds of the scenario in a real one; `most`: how many are kept."""
        self._scale, self._most = scale, most
        self._entries: list[Served | TurnedAway] = []
        self._gone = 0
        """How many that came before those are not there any more."""
        self.followers: set[Callable[[], None]] = set()
        """Called after each record, and when all are gone."""
        self.late = self.age = 0
        """Requests that were late, and how often it was emptied."""
        self.turned_away = 0
        """Connections that were not let in."""
        self._worst = 0.0

    def __len__(self) -> int:
        """The number of the last record."""
        return self._gone + len(self._entries)

    @property
    def oldest(self) -> int:
        """The number of the oldest that can be had; of the next, if there is none."""
        return max(self._gone, len(self) - self._most) + 1

    @property
    def requests(self) -> list[Served]:
        """Those that can be had, of requests alone."""
        kept = islice(self._entries, self.oldest - 1 - self._gone, None)
        return [entry for entry in kept if isinstance(entry, Served)]

    @property
    def served(self) -> int:
        """How many requests there were."""
        return len(self) - self.turned_away

    @property
    def worst(self) -> float:
        """The largest lateness, in real seconds."""
        return self._worst / self._scale

    def add(self, entry: Served | TurnedAway) -> None:
        """It has just come to its end."""
        self._entries.append(entry)
        if len(self._entries) >= self._most + self._slack:
            self._forget(len(self._entries) - self._most)
        if isinstance(entry, TurnedAway):
            self.turned_away += 1
        elif entry.lateness > 0.0:
            self.late += self._is_late(entry)
            self._worst = max(self._worst, entry.lateness)
        if self.followers:
            self._tell()

    @property
    def _slack(self) -> int:
        """How many more there may be before the oldest go, all at once: one by one each would move all others."""
        return self._most // 16 + 1

    def _forget(self, count: int) -> None:
        del self._entries[:count]
        self._gone += count

    def clear(self) -> None:
        """As at the start."""
        self._entries.clear()
        self._gone = 0
        self.turned_away, self.late, self._worst = 0, 0, 0.0
        self.age += 1
        self._tell()

    def page(self, after: int, limit: int, test: str | None = None) -> tuple[list[Record], int]:
        """Those that follow a number and can be had, of one test or of all, and the number up to which they were looked
        for: that of the last, where the page is full."""
        after = max(after, self.oldest - 1)
        first = after - self._gone
        if test is None:
            part = self._entries[first : first + limit]
            return [self._record(after + 1 + i, entry) for i, entry in enumerate(part)], after + len(part)
        found: list[Record] = []
        number = after
        for number, entry in enumerate(self._entries[first : first + MOST_LOOKS], after + 1):
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
