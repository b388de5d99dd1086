"""Parts of a test that may take only so long, and where their time went."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self

from .telling import Limit, timeline
from .trace import Attempt, Trace


class TookTooLong(AssertionError):
    """A part of a test took longer than it may."""


class Within:
    """A part of a test with a limit, for a `with` statement. Raises `TookTooLong` at its end, and no sooner: what the
    program does until then is seen, and what it raises goes before: `missed` is told of a limit that was over then."""

    def __init__(self, limit: float, trace: Callable[[], Trace], missed: Callable[[Limit], object]) -> None:
        self.limit = limit
        self._trace = trace
        self._missed = missed
        self._before: Trace | None = None
        self._ended: Trace | None = None

    @property
    def trace(self) -> Trace:
        """What the program did in it so far."""
        if self._ended is not None:
            return self._ended
        whole = self._trace()
        before = whole if self._before is None else self._before
        return whole.since(before, before.now + self.limit)

    @property
    def spent(self) -> float:
        """Seconds that it has taken so far."""
        return self.trace.elapsed

    @property
    def left(self) -> float:
        """Seconds to its limit; negative beyond."""
        return self.limit - self.spent

    def explain(self) -> str:
        """Where the time went."""
        return timeline(self.trace)

    def __enter__(self) -> Self:
        self._before, self._ended = self._trace(), None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True  # pytest shows the line of the test
        self._ended = self.trace
        if self.spent <= self.limit:
            return
        if error is not None:
            self._missed(Limit(self._ended.began + self.limit, self.limit))
        else:
            raise TookTooLong(
                f"took {self.spent:.3f} s, {-self.left:.3f} s more than {self.limit:g} s\n{self.explain()}"
            )


class _Step(NamedTuple):
    name: str
    trace: Trace


class Budget(Within):
    """One limit for a chain of several calls, which tells step by step what was spent. A step lasts until an answer
    was whole, unless the test names its steps itself."""

    def __init__(self, limit: float, trace: Callable[[], Trace], missed: Callable[[Limit], object]) -> None:
        super().__init__(limit, trace, missed)
        self._named: list[_Step] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What comes in here is one step."""
        before = self._trace()
        try:
            yield
        finally:
            self._named.append(_Step(name, self._trace().since(before)))

    def explain(self) -> str:
        """A table: each step with its attempts, the time it spent on answers and on waiting between them, and the
        whole."""
        trace = self.trace
        rows = [("step", "attempts", "answers", "waiting", "spent"), *(_row(*each) for each in self._steps(trace))]
        spent = f"{trace.elapsed:.3f} s"
        rows.append(("all", str(trace.attempts), "", "", f"{spent} of {self.limit:g} s"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(map(_aligned, row, widths)).rstrip() for row in rows)

    def _steps(self, trace: Trace) -> list[tuple[str, float, tuple[Attempt, ...]]]:
        """Of each its name, the time it took, and its attempts."""
        if self._named:
            return [(name, step.elapsed, step.tries) for name, step in self._named]
        found, began = [], trace.began
        for number, step in enumerate(trace.steps(), start=1):
            ended = trace.now if step[-1].ended is None else step[-1].ended
            found.append((str(number), ended - began, step))
            began = ended
        return found


def _row(name: str, spent: float, attempts: tuple[Attempt, ...]) -> tuple[str, ...]:
    answering = 0.0
    busy_until = -1.0
    for each in attempts:  # those that overlap count once
        ended = each.at if each.ended is None else each.ended
        answering += max(0.0, ended - max(each.at, busy_until))
        busy_until = max(busy_until, ended)
    return name, str(len(attempts)), f"{answering:.3f} s", f"{max(0.0, spent - answering):.3f} s", f"{spent:.3f} s"


def _aligned(text: str, width: int) -> str:
    return text.ljust(width)
