"""What every check is: a class that looks at a stack and tells what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from brownout.fakes.units import format_duration

from ..files.errors import Location
from .finding import Proof, Severity
from .subject import Subject

MARK = "mark"
"""Where a location begins with it, the line and the column follow."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check has found, before it has a place."""

    what: str
    fix: str
    """The line of the client file to write."""
    loc: Location = ()
    code: str = ""
    """The same for Python source; without it, the line goes into a client file for `brownout.resilient`."""
    severity: Severity | None = None
    """Where it is not the check's own."""
    on_key: bool = True
    index: int = -1
    """Of the layer that it is about, for the proof."""


class Check:
    """One thing that may be wrong. The docstring is its entry in the reference."""

    id: ClassVar[str]
    severity: ClassVar[Severity]
    example: ClassVar[str]
    """A client file, without its name, or Python source that has it."""
    language: ClassVar[Literal["yaml", "python"]] = "yaml"
    scenario: ClassVar[str] = ""
    """The shipped scenario with which the example has it; empty where it needs none."""

    def look(self, subject: Subject) -> Iterator[Found]:
        """All of it that this stack has."""
        raise NotImplementedError

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """Have the simulator show it; None where there is nothing to show."""
        return None


class Marked(Check):
    """A mistake of Python source, which its reader marks as it goes."""

    language = "python"

    def look(self, subject: Subject) -> Iterator[Found]:
        for mark in subject.code.marks if subject.code else ():
            if mark.id == self.id:
                yield Found(mark.what, mark.fix, (MARK, mark.line, mark.column), code=mark.fix)


def span(seconds: float) -> str:
    """A length of time as files have it, to the millisecond."""
    return format_duration(round(seconds, 3)) if seconds < 1e12 else "for ever"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 try`, `2 tries`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
