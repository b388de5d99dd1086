"""YAML 1.2 text to a tree with positions, from the events of ruamel.yaml. No tag builds an object.

Scalars mean what the core schema of YAML 1.2 says: ``12:30``, ``2024-01-01`` and ``yes`` are text,
``017`` is seventeen. Anchors, aliases and merge keys work; a second equal key, a tag of somebody's
own and an alias to nowhere are problems. Limits keep a hostile file from costing more than seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from ruamel.yaml.reader import ReaderError

from .errors import FileError, Problem
from .suggest import quoted
from .tree import Entry, Mapping, Node, Place, Scalar, Sequence, is_broken

MAX_DEPTH = 64
MAX_WEIGHT = 200_000
"""Of values in a file, aliases counted for all they stand for, and long texts for several."""
MAX_DIGITS = 60
"""A longer run of digits is text: no number anybody means, and slow to convert."""

Value = str | int | float | bool | None

# The core schema of YAML 1.2.2, section 10.3.2: the first pattern that fits says what is meant.
CORE: tuple[tuple[str, str, Callable[[str], Value]], ...] = (
    ("null", r"null|Null|NULL|~|", lambda _: None),
    ("bool", r"true|True|TRUE", lambda _: True),
    ("bool", r"false|False|FALSE", lambda _: False),
    ("int", r"[-+]?[0-9]+", int),
    ("int", r"0o[0-7]+", lambda text: int(text, 8)),
    ("int", r"0x[0-9a-fA-F]+", lambda text: int(text, 16)),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
    ("float", r"[-+]?\.(inf|Inf|INF)", lambda text: float(text.replace(".", ""))),
    ("float", r"\.(nan|NaN|NAN)", lambda _: float("nan")),
)
SURROGATE = re.compile("[\ud800-\udfff]")

# The parser's words for what people get wrong most, and ours. Braces hold a group of the pattern,
# or the line in which the part that went wrong begins.
SYNTAX = (
    (r"character '\\t'", "a tab cannot stand here; indent with spaces"),
    (r"mapping values are not", 'a ":" cannot stand here; quote the text or fix the indent'),
    (r"character '([@`%])'", 'text cannot start with "{0}"; quote it'),
    (r"unexpected end of stream", "the quoted text of line {line} has no end"),
    (r"expected ',' or '([\]}])'", 'expected "," or "{0}" for what line {line} opens'),
    (r"expected '?<(block end|document start)>", "fits nothing above it; check indent and quotes"),
    (r"could not find expected ':'", 'expected ":" after the key of line {line}'),
)


def compose(text: str, name: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree, None for a file with nothing in it, and what is wrong with it besides its syntax.

    Raises FileError for wrong syntax and for a file beyond the limits: then there is no tree.
    """
    composer = _Composer(_events(text, name), name)
    return composer.document(), tuple(composer.problems)


def _events(text: str, name: str) -> Iterator[Event]:
    """What the parser says, its errors as ours."""
    here = Place(1, 1)
    try:
        # Pure: the parser in C words its errors otherwise, and puts them elsewhere.
        for event in YAML(typ="safe", pure=True).parse(text):
            here = _place(event.end_mark, name)
            yield event
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(mark, name) if mark else here
        start = _place(error.context_mark, name) if error.context_mark else place
        message = _syntax(f"{error.problem or error.context}", start)
        raise _error(name, place, message) from None
    except ReaderError as error:
        lines = text[: error.position].split("\n")
        place = Place(len(lines), len(lines[-1]) + 1)
        raise _error(name, place, f"{chr(error.character)!a} cannot stand in a file") from None
    except Exception as error:
        # Some malformed escapes and directives break the parser itself. The file is to blame, and
        # its writer is owed a place in it, not a traceback.
        raise _error(name, here, "not YAML from here on") from error


def _error(name: str, place: Place | None, message: str) -> FileError:
    line, column, _ = place or (None, None, "")
    return FileError(name, (Problem(name, line, column, message),))


def _place(mark: StreamMark, name: str) -> Place:
    return Place(mark.line + 1, mark.column + 1, name)


def _syntax(problem: str, start: Place) -> str:
    for pattern, message in SYNTAX:
        if found := re.search(pattern, problem):
            return message.format(*found.groups(), line=start.line)
    return f"not YAML: {problem}"


def _resolve(text: str) -> tuple[str, Value]:
    """The type and value of a scalar without quotes."""
    for kind, pattern, read in CORE:
        if len(text) <= MAX_DIGITS and re.fullmatch(pattern, text):
            return kind, read(text)
    return "str", text


def _tag(event: ScalarEvent | CollectionStartEvent) -> str | None:
    """The tag as it is mostly written, ``!!int``; None without one, or with ``!`` for text."""
    tag = str(event.ctag or "!")
    return None if tag == "!" else tag.replace("tag:yaml.org,2002:", "!!")


class _Composer:
    """Makes a tree of the events of one document, and gathers problems on the way."""

    def __init__(self, events: Iterator[Event], name: str) -> None:
        self.problems: list[Problem] = []
        self._events = events
        self._name = name
        self._anchors: dict[str, Node | None] = {}  # None while the node is being composed

    def document(self) -> Node | None:
        next(self._events)  # the stream's start
        if not isinstance(next(self._events), DocumentStartEvent):
            return None
        root = self._node(next(self._events), 1)
        next(self._events)  # the document's end
        if isinstance(after := next(self._events), DocumentStartEvent):
            message = "a file holds one document, and here starts another"
            self._problem(_place(after.start_mark, self._name), message)
        return root

    def _problem(self, place: Place, message: str) -> None:
        self.problems.append(Problem(self._name, place.line, place.column, message))

    def _broken(self, place: Place, message: str) -> Scalar:
        self._problem(place, message)
        return Scalar(place, None, "", is_broken=True)

    def _node(self, event: Event, depth: int) -> Node:
        place = _place(event.start_mark, self._name)
        if isinstance(event, AliasEvent):
            return self._alias(event.anchor, place)
        assert isinstance(event, ScalarEvent | CollectionStartEvent)  # nothing else begins a node
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        node: Node
        if isinstance(event, ScalarEvent):
            node = self._scalar(event, place)
        elif depth > MAX_DEPTH:
            raise _error(self._name, place, f"more than {MAX_DEPTH} levels deep")
        elif isinstance(event, MappingStartEvent):
            node = self._mapping(event, place, depth)
        else:
            node = self._sequence(event, place, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str, place: Place) -> Node:
        if anchor not in self._anchors:
            return self._broken(place, f'nothing above is named "&{anchor}"')
        node = self._anchors[anchor]
        if node is None:
            return self._broken(place, f'"*{anchor}" stands inside what it stands for')
        return replace(node, place=place)  # when all of it is wrong, it is wrong here

    def _scalar(self, event: ScalarEvent, place: Place) -> Node:
        text: str = event.value
        if SURROGATE.search(text):  # the two halves of "\\ud83d\\ude00", as JSON writes it, or one
            try:
                text = text.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                return self._broken(place, "half of a character: a lone surrogate is not text")
        is_text = event.style not in (None, "") or (event.ctag and not _tag(event))
        kind, value = ("str", text) if is_text else _resolve(text)
        tag = _tag(event)
        if tag == "!!str":
            kind, value = "str", text
        if tag not in (None, f"!!{kind}"):
            return self._broken(place, f'the tag "{tag}" has no meaning here')
        return Scalar(place, value, text, weight=1 + len(text) // 16)

    def _sequence(self, event: CollectionStartEvent, place: Place, depth: int) -> Node:
        items: list[Node] = []
        weight = height = 1
        while not isinstance(inner := next(self._events), SequenceEndEvent):
            items.append(self._node(inner, depth + 1))
            weight, height = self._grown(weight, height, items[-1])
        if _tag(event) not in (None, "!!seq"):
            return self._broken(place, f'the tag "{_tag(event)}" has no meaning here')
        return Sequence(place, tuple(items), weight, height)

    def _mapping(self, event: MappingStartEvent, place: Place, depth: int) -> Node:
        entries: dict[str, Entry] = {}
        merged: list[Mapping] = []
        weight = height = 1
        while not isinstance(inner := next(self._events), MappingEndEvent):
            key = self._node(inner, depth + 1)
            node = self._node(next(self._events), depth + 1)
            for part in (key, node):
                weight, height = self._grown(weight, height, part)
            if not isinstance(key, Scalar):
                self._problem(key.place, "a key must be text, not a list or mapping")
            elif key.written == "<<" and getattr(inner, "style", "alias") in (None, ""):
                merged += self._merged(node)
            elif first := entries.get(key.written):
                message = f"key {quoted(key.written)} is already in line {first.key.line}"
                self._problem(key.place, message)
            elif not key.is_broken:
                entries[key.written] = Entry(key.place, node)
        if _tag(event) not in (None, "!!map"):
            return self._broken(place, f'the tag "{_tag(event)}" has no meaning here')
        for source in merged:
            entries = {**source.entries, **entries}  # what is nearer wins
        return Mapping(place, entries, weight, height)

    def _merged(self, node: Node) -> list[Mapping]:
        """What ``<<:`` brings in; of several, the first wins."""
        sources = node.items if isinstance(node, Sequence) else (node,)
        for source in sources:
            if not isinstance(source, Mapping) and not is_broken(source):
                self._problem(source.place, 'only mappings can be merged with "<<"')
        return [source for source in sources if isinstance(source, Mapping)]

    def _grown(self, weight: int, height: int, part: Node) -> tuple[int, int]:
        """The weight and height of a collection with the part in it. Raises FileError."""
        weight, height = weight + part.weight, max(height, 1 + part.height)
        if weight > MAX_WEIGHT:
            raise _error(self._name, part.place, "too many values, counting what aliases stand for")
        if height > MAX_DEPTH:
            raise _error(self._name, part.place, f"more than {MAX_DEPTH} levels deep")
        return weight, height
