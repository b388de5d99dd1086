"""What can be wrong with a file, and how a validator says where. Knows no YAML and no models."""

from __future__ import annotations

from dataclasses import dataclass

from ..printable import escaped

Location = tuple[str | int, ...]
"""The way to a place in a file: keys of mappings and indexes, from 0, of lists."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file, at a line and column counted from 1.

    Both are None where the file as a whole is wrong, as when there is none.
    """

    path: str
    line: int | None
    column: int | None
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        # A key of the file may hold anything, so escape what would break the line or the terminal.
        return escaped(f"{place}: {self.message}")


class FileError(Exception):
    """A file that cannot be used; ``str()`` of it is one line a problem, in the file's order."""

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class LocatedError(ValueError):
    """Raised by a model's validator for something wrong inside the model, not with all of it.

    ``loc`` leads from the model's own mapping to the value meant, by keys as the file spells them:
    ``LocatedError("ends before it starts", "timeline", 2, "for")``. With ``on_key`` the key is
    meant. Steps that lead nowhere are passed over, so a key that is not there means its mapping.
    """

    def __init__(self, message: str, *loc: str | int, on_key: bool = False) -> None:
        super().__init__(message)
        self.loc: Location = loc
        self.on_key = on_key


class LocatedErrors(ValueError):
    """Several at once: a validator that finds more than one thing wrong raises them together."""

    def __init__(self, *errors: LocatedError) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors = errors
