"""What a client file has from another: `extends: guide`, and layers changed by name instead of written anew.

All of it happens on the files' trees, before any model sees them, so that every value keeps its own file, line and
column, and whatever is wrong with it is said there.
"""

from __future__ import annotations

from collections.abc import Mapping as Known
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel

from .files import Document, FileError, Problem
from .files.messages import got
from .files.suggest import quoted
from .files.tree import Entry, Mapping, Node, Place, Scalar
from .merging import changed, merged, with_entries, without
from .other_file import FLEET, error_at, named_by

EXTENDS = "extends"
NOT_INHERITED = ("name", "about", EXTENDS)
LONGEST_CHAIN = 20
"""Files, each extending the next: far more than anybody can keep in mind."""


def assemble(document: Document, model: type[BaseModel], shipped: Known[str, Path]) -> Document:
    """The document with what it inherits, from bases that are checked against the model on their own.

    `shipped` are the files that may be extended by name.
    """
    return _Assembly(model, shipped).whole(document, ())


class _Assembly:
    """The files that go into one client."""

    def __init__(self, model: type[BaseModel], shipped: Known[str, Path]) -> None:
        self._model = model
        self._shipped = shipped

    def whole(self, document: Document, heirs: tuple[Document, ...]) -> Document:
        """The document as it is to be checked. `heirs` are those that extend it, the nearest last."""
        return _finished(self._inherited(document, heirs))

    def _inherited(self, document: Document, heirs: tuple[Document, ...]) -> Document:
        """The document on top of its base; profiles still say what they change."""
        own = document.root
        if not isinstance(own, Mapping):
            return document
        if FLEET in own.entries:
            message = "this is a fleet of several clients, and one client is needed here: name a member of it"
            raise error_at(own.entries[FLEET].key, message)
        if EXTENDS not in own.entries:
            return _on_its_own(document, own)
        key, written = own.entries[EXTENDS]
        own = without(own, EXTENDS)
        try:
            base = self._inherited(self._base(document, key, written, (*heirs, document)), (*heirs, document))
        except FileError as error:
            return _added(replace(document, root=_independent(own)), error.problems)
        try:
            _finished(base).validate(self._model)
        except FileError as error:
            document = _added(document, error.problems)
        if not isinstance(base.root, Mapping):
            return replace(document, root=_independent(own))
        name = written.written if isinstance(written, Scalar) else ""
        root, problems = merged(without(base.root, *NOT_INHERITED), own, quoted(name))
        return _changed(document, root, problems)

    def _base(self, document: Document, key: Place, written: Node, heirs: tuple[Document, ...]) -> Document:
        """What the value of `extends` names. Raises FileError."""
        base = named_by(document, key, written, self._shipped, "extend")
        path = base.path
        assert path is not None
        chain = [heir.path.resolve() if heir.path else None for heir in heirs]
        if chain[-1] == path.resolve():
            raise error_at(written.place, "a file cannot extend itself")
        if path.resolve() in chain:
            names = [heir.name for heir in heirs[chain.index(path.resolve()) :]]
            raise error_at(written.place, f"this goes round in a circle: {' extends '.join([*names, names[0]])}")
        if len(heirs) >= LONGEST_CHAIN:
            raise error_at(written.place, f"more than {LONGEST_CHAIN} files, each extending the next")
        return base


def _finished(document: Document) -> Document:
    """The document with every profile's changes made to the client's layers."""
    root = document.root
    if not isinstance(root, Mapping) or "profiles" not in root.entries:
        return document
    key, profiles = root.entries["profiles"]
    if not isinstance(profiles, Mapping):
        return document
    problems: list[Problem] = []
    entries = dict(profiles.entries)
    for name, (place, profile) in profiles.entries.items():
        if isinstance(profile, Mapping) and "layers" in profile.entries:
            there, layers = profile.entries["layers"]
            if isinstance(layers, Mapping):
                heir = layers.place.file != document.name
                called = f"{quoted(document.name)}, which extends this," if heir else "the client"
                own, found = changed(root.entries.get("layers"), layers, called)
                problems += found
                inner = without(profile, "layers")
                if own is not None:
                    inner = with_entries(profile, {**profile.entries, "layers": Entry(there, own)})
                entries[name] = Entry(place, inner)
    root = with_entries(root, {**root.entries, "profiles": Entry(key, with_entries(profiles, entries))})
    return _changed(document, root, problems)


def _changed(document: Document, root: Mapping, problems: list[Problem]) -> Document:
    """The document with this root. In a broken base a layer may be missing for a reason that is told already."""
    is_sound = all(problem.path == document.name for problem in document.problems)
    return _added(replace(document, root=root), tuple(problems) if is_sound else ())


def _on_its_own(document: Document, own: Mapping) -> Document:
    """A file without a base: its layers are a list."""
    layers = own.entries.get("layers")
    if layers is None or not isinstance(layers.node, Mapping):
        return document
    error = error_at(
        layers.node.place, f'expected a list, got {got(layers.node)}; only with "{EXTENDS}" are layers changed by name'
    )
    return _added(replace(document, root=_independent(own)), error.problems)


def _independent(own: Mapping) -> Mapping:
    """What can be checked of a file whose base is not to be had: all but its changes to the base."""
    if "layers" in own.entries and not isinstance(own.entries["layers"].node, Mapping):
        return own
    profiles = own.entries.get("profiles")
    own = without(own, "layers")
    if profiles is None or not isinstance(profiles.node, Mapping):
        return own
    entries = {
        name: Entry(entry.key, without(entry.node, "layers") if isinstance(entry.node, Mapping) else entry.node)
        for name, entry in profiles.node.entries.items()
    }
    return with_entries(own, {**own.entries, "profiles": Entry(profiles.key, with_entries(profiles.node, entries))})


def _added(document: Document, problems: tuple[Problem, ...]) -> Document:
    return replace(document, problems=(*document.problems, *problems))
