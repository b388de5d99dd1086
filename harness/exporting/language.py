"""What every language is: how it writes values, and the frame of a file. A subclass has a folder of snippets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from ..policies.effects import Timeouts
from ..policies.layers.sdk import Sdk

SNIPPETS = Path(__file__).with_name("snippets")


class Raw(str):
    """Code, and not a text to be quoted."""

    __slots__ = ()


class Snippet(NamedTuple):
    """`order` says where a part stands in the file: layers are at 30."""

    order: int
    text: str


class Language(ABC):
    """One that programs are exported to."""

    name: ClassVar[str]

    @abstractmethod
    def literal(self, value: Any) -> str:
        """A value of the client file."""

    @abstractmethod
    def made(self, body: str, args: Sequence[tuple[str, str]]) -> str:
        """The code that makes the thing which that snippet defines."""

    @abstractmethod
    def folded(self, made: str) -> str:
        """That code in the listing of layers, broken where it is too long for a line."""

    @abstractmethod
    def settings(self, timeouts: Timeouts, sdk: Sdk) -> dict[str, Any]:
        """What the SDK is set to, by the names that snippets have for it. Raises `NotExportable`."""

    @abstractmethod
    def framed(self, about: Sequence[str], imports: Sequence[str], parts: Sequence[str]) -> str:
        """The whole file; `about` is what its first comment says."""

    @classmethod
    def snippets(cls, kind: str) -> dict[str, Snippet]:
        """`layers`, `budgets` or `parts` by name, found by being there."""
        return _found(cls.name, kind)


@cache
def _found(language: str, kind: str) -> dict[str, Snippet]:
    found = {}
    for path in sorted((SNIPPETS / language / kind).glob("*.txt")):
        order, _, name = path.name.partition(".")[0].rpartition("-")
        found[name] = Snippet(int(order or 30), path.read_text(encoding="utf-8"))
    return found
