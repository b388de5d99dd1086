"""All that a client file leaves open, and the client that one set of values makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..client import Client
from ..files import Document, FileError
from ..files.errors import Location, Problem
from ..files.tree import Entry, Mapping, Node, Place
from ..files.tree import Sequence as Items
from .parameters import MARK, BadMark, Parameter, flow, is_mark, read

Point: TypeAlias = tuple[float, ...]
"""A value for each parameter, in base units."""
_INLINE = re.compile(r"\{\s*" + MARK + r"\s*:(?:[^{}\[\]]|\[[^\[\]]*\])*\}")


@dataclass(frozen=True, slots=True)
class Space:
    """Everything that may be changed."""

    document: Document
    """With what it inherits in it."""
    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, document: Document) -> Space:
        """What a file leaves open. Raises `FileError` for marks that say nothing, for a file without any, and for what
        else is wrong with it."""
        whole = Client.assembled(document)
        parameters: list[Parameter] = []
        problems = []
        found: dict[Place, list[tuple[Location, Mapping]]] = {}
        for at, node in marks(whole.root):
            found.setdefault(node.place, []).append((at, node))
        for (at, node), *others in found.values():
            try:
                parameter = read(node, at, _unused(name_of(at), parameters))
            except BadMark as error:
                problems.append(whole.problem_at(at, str(error)))
                continue
            parameters.append(replace(parameter, also=tuple(at for at, _ in others)))
        if not problems and not parameters:
            write = f"write a value as {{{MARK}: 15s..180s}}, or name it, --open timeouts.read"
            problems.append(whole.problem_at((), f"nothing is left open: {write}"))
        if problems:
            raise FileError(whole.name, tuple(problems))
        space = cls(whole, tuple(parameters))
        try:
            space.client(space.middle)  # what else is wrong with the file is told before anything is played
        except FileError as error:
            raise FileError(error.path, tuple(_as_given(each, parameters) for each in error.problems)) from None
        return space

    @property
    def middle(self) -> Point:
        return tuple(parameter.at_share(0.5) for parameter in self.parameters)

    @property
    def current(self) -> Point:
        """What the client is today, as far as the file says so; else the middle."""
        return tuple(each.at_share(0.5) if each.now is None else each.now for each in self.parameters)

    @property
    def has_current(self) -> bool:
        """Whether the file says so of any value."""
        return any(each.now is not None for each in self.parameters)

    def client(self, point: Point) -> Client:
        """With these values. Raises `FileError` where they make no sense together."""
        root = self.document.root
        for parameter, value in zip(self.parameters, point, strict=True):
            for at in (parameter.at, *parameter.also):
                root = _with(root, at, parameter.node(value))
        return replace(self.document, root=root).validate(Client)

    def rounded(self, point: Sequence[float]) -> Point:
        """Each value as a person would write it, within its range."""
        return tuple(parameter.rounded(value) for parameter, value in zip(self.parameters, point, strict=True))

    def described(self, point: Point) -> dict[str, str]:
        """Name -> value as written."""
        return {each.name: each.written(value) for each, value in zip(self.parameters, point, strict=True)}

    def text(self, point: Point) -> str:
        """The file as its owner wrote it, comments and all, with these values where the marks stood. Of a file that
        inherits marks, those of its base stay open."""
        lines = self.document.text.splitlines(keepends=True)
        own = [
            (p, value)
            for p, value in zip(self.parameters, point, strict=True)
            if p.place.file in ("", self.document.name)
        ]
        for parameter, value in sorted(own, key=lambda each: each[0].place[:2], reverse=True):
            row, column = parameter.place.line - 1, parameter.place.column - 1
            rest = "".join(lines[row:])
            found = _INLINE.match(rest, column)
            if found is not None:
                text = rest[:column] + _written(parameter, value) + rest[found.end() :]
                lines[row:] = text.splitlines(keepends=True)
        return "".join(lines)


def _as_given(problem: Problem, parameters: Sequence[Parameter]) -> Problem:
    """Of a value that was tried the range is told that it is from: nobody has written its middle."""
    place = problem.line, problem.column
    expected, got, _ = problem.message.partition(", got ")
    for each in parameters:
        if each.kind != "choice" and got and place == each.place[:2] and each.place.file in ("", problem.path):
            return replace(problem, message=f"{expected}{got}{each.written(each.low)}..{each.written(each.high)}")
    return problem


def _written(parameter: Parameter, value: float) -> str:
    if parameter.kind != "choice":
        return parameter.written(value)
    return flow(parameter.choices[round(value)])


def marks(node: Node, at: Location = ()) -> Iterator[tuple[Location, Mapping]]:
    """Every value that is left open, with the way to it."""
    match node:
        case Mapping() if is_mark(node):
            yield at, node
        case Mapping():
            for key, entry in node.entries.items():
                yield from marks(entry.node, (*at, key))
        case Items():
            for index, item in enumerate(node.items):
                yield from marks(item, (*at, index))


def _with(node: Node, at: Location, value: Node) -> Node:
    """The tree with another value there."""
    if not at:
        return value
    step, *rest = at
    match node:
        case Mapping():
            entry = node.entries[str(step)]
            changed = {**node.entries, str(step): Entry(entry.key, _with(entry.node, tuple(rest), value))}
            return replace(node, entries=changed)
        case Items() if isinstance(step, int):
            items = (*node.items[:step], _with(node.items[step], tuple(rest), value), *node.items[step + 1 :])
            return replace(node, items=items)
    raise ValueError(f"{at} leads nowhere")


def name_of(at: Location) -> str:
    """`timeouts.read`; a layer by its own name, `retry.backoff.base`; one of which is open which it is, `layer 2`."""
    if at[0] == "layers" and len(at) == 2:
        return f"layer {int(at[1]) + 1}"
    steps = [str(step) for step in at if not isinstance(step, int)]
    return ".".join(steps[1:] if steps[0] == "layers" else steps)


def _unused(name: str, parameters: Sequence[Parameter]) -> str:
    """Of two layers of one kind, the second's values are told apart by a number."""
    alike = sum(each.name.partition(" (")[0] == name for each in parameters)
    return f"{name} ({alike + 1})" if alike else name
