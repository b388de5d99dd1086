"""Message batches: created, looked at, canceled, deleted, and their results read.

What is kept is bounded: so many batches, of which the oldest that has ended makes room for a new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from ..plan import Error
from . import pages
from .messages import invalid
from .outcomes import KINDS, Answer, Outcomes, settle
from .plain import Asked, Plain, Rejected
from .progress import Course, Pace
from .tasks import Task, tasks_of

MOST_KEPT = 100
_PATH = "/v1/messages/batches"
_ID = re.compile(r"msgbatch_01[0-9a-f]{14}([0-9a-f]{8})")


@dataclass(slots=True)
class _Batch:
    number: int
    id: str
    tasks: tuple[Task, ...]
    """None are left once they have results."""
    course: Course
    outcomes: Outcomes | None = None


class Batches:
    """Those of one organisation. `now`, of what is asked, must not run backwards."""

    def __init__(
        self,
        answer: Answer,
        wall: Callable[[float], datetime],
        pace: Pace = Pace(),  # noqa: B008 - immutable
        origin: str | None = None,
        most: int = MOST_KEPT,
        salt: str = "",
        scheme: str = "http",
    ) -> None:
        """`wall`: what time of day it is at a second of the scenario. `origin`: what the address of results begins
        with; else it is what the client says that it has called, by `scheme`. `salt`: others' batches have other ids.
        """
        self._answer, self._wall, self._pace = answer, wall, pace
        self._origin, self._most, self._salt, self._scheme = origin, most, salt, scheme
        self._count = 0
        self._kept: dict[str, _Batch] = {}
        """In the order in which they were created."""

    def create(self, asked: Asked) -> Plain:
        """Take a batch on. Raises `Rejected`, also if there is no room and nothing that is kept has ended."""
        tasks = tasks_of(asked.body)
        self._make_room(asked.now)
        self._count += 1
        batch = _Batch(self._count, self._id(self._count), tasks, Course(len(tasks), asked.now, self._pace))
        self._kept[batch.id] = batch
        return Plain(self._body(batch, asked))

    def page(self, asked: Asked) -> Plain:
        """Some of them, the latest first. Raises `Rejected`."""
        batches = [*reversed(self._kept.values())]
        which, has_more = pages.cut([-batch.number for batch in batches], self._place_of, asked.query)
        return Plain(pages.page([self._body(batches[k], asked) for k in which], has_more))

    def one(self, asked: Asked, name: str) -> Plain:
        """One of them. Raises `Rejected`."""
        return Plain(self._body(self._find(name), asked))

    def cancel(self, asked: Asked, name: str) -> Plain:
        """Cancel what is not done yet; again is once. Raises `Rejected` if it has ended."""
        batch = self._find(name)
        if batch.course.status(asked.now) == "ended":
            raise invalid(f"Batch {name} has already ended and cannot be canceled")
        if batch.course.canceled is None:
            batch.course = replace(batch.course, canceled=asked.now)
        return Plain(self._body(batch, asked))

    def delete(self, asked: Asked, name: str) -> Plain:
        """Forget one. Raises `Rejected` unless it has ended."""
        if self._find(name).course.status(asked.now) != "ended":
            raise invalid(f"Batch {name} cannot be deleted while it is processing. Cancel it first")
        del self._kept[name]
        return Plain({"id": name, "type": "message_batch_deleted"})

    def results(self, asked: Asked, name: str) -> Plain:
        """The results of all its requests. Raises `Rejected` unless it has ended."""
        batch = self._find(name)
        if batch.course.status(asked.now) != "ended":
            raise invalid(f"Batch {name} has no available results: it is still processing")
        return Plain(self._outcomes(batch).lines, content_type="application/x-jsonl")

    def _find(self, name: str) -> _Batch:
        if (batch := self._kept.get(name)) is None:
            raise Rejected(404, Error("not_found_error", f"Batch {name} not found"))
        return batch

    def _make_room(self, now: float) -> None:
        if len(self._kept) < self._most:
            return
        ended = (name for name, batch in self._kept.items() if batch.course.status(now) == "ended")
        if (oldest := next(ended, None)) is None:
            raise Rejected(429, Error("rate_limit_error", f"At most {self._most} batches may be processing"))
        del self._kept[oldest]

    def _id(self, number: int) -> str:
        digest = blake2b(f"{self._salt}/{number}".encode(), digest_size=7).hexdigest()
        return f"msgbatch_01{digest}{number:08x}"

    def _place_of(self, name: str) -> int | None:
        """Where it stands in a list, or would if it was not deleted: its id tells."""
        found = _ID.fullmatch(name)
        number = int(found[1], 16) if found else 0
        return -number if 0 < number <= self._count and self._id(number) == name else None

    def _outcomes(self, batch: _Batch) -> Outcomes:
        if batch.outcomes is None:
            course = batch.course
            batch.outcomes = settle(batch.id, batch.tasks, course.answered, course.others, self._answer)
            batch.tasks = ()
        return batch.outcomes

    def _body(self, batch: _Batch, asked: Asked) -> dict[str, Any]:
        course = batch.course
        has_ended = (status := course.status(asked.now)) == "ended"
        # The service counts all as processing until the whole batch has ended.
        counts = self._outcomes(batch).counts if has_ended else dict.fromkeys(KINDS, 0)
        return {
            "type": "message_batch",
            "id": batch.id,
            "processing_status": status,
            "request_counts": {"processing": 0 if has_ended else course.count, **counts},
            "created_at": self._time(course.created),
            "expires_at": self._time(course.expires),
            "ended_at": self._time(course.ends) if has_ended else None,
            "cancel_initiated_at": None if course.canceled is None else self._time(course.canceled),
            "archived_at": None,
            "results_url": f"{self._base(asked)}{_PATH}/{batch.id}/results" if has_ended else None,
        }

    def _base(self, asked: Asked) -> str:
        host = asked.headers.get("host")
        return self._origin if self._origin is not None else f"{self._scheme}://{host}" if host else ""

    def _time(self, second: float) -> str:
        return self._wall(second).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
