"""What a fleet's file has from others: its members' clients, each put in the place of its name before anything is
checked, so that whatever is wrong with one is said in its own file, at its own line and column."""

from __future__ import annotations

from dataclasses import replace

from brownout import scenarios as shipped

from .client import Client
from .files import Document, FileError, Problem
from .files.suggest import quoted
from .files.tree import Entry, Mapping, Node, Place, Scalar, Sequence
from .merging import with_entries
from .other_file import FLEET, error_at, is_fleet, named_by


def with_members(document: Document) -> Document:
    """The document with the clients of all members in it; of those that cannot be had, what is wrong with them."""
    root = document.root
    listed = root.entries.get(FLEET) if isinstance(root, Mapping) else None
    if listed is None or not isinstance(root, Mapping) or not isinstance(listed.node, Sequence):
        return document
    problems: list[Problem] = []
    items = tuple(_with_client(document, item, problems) for item in listed.node.items)
    members = Entry(listed.key, replace(listed.node, items=items))
    return replace(
        document,
        root=with_entries(root, {**root.entries, FLEET: members}),
        problems=(*document.problems, *problems),
    )


def _with_client(document: Document, item: Node, problems: list[Problem]) -> Node:
    if not isinstance(item, Mapping) or "client" not in item.entries:
        return item
    key, written = item.entries["client"]
    try:
        found = _client(document, key, written)
    except FileError as error:
        problems += error.problems
        found = Scalar(written.place, None, "", is_broken=True)
    return with_entries(item, {**item.entries, "client": Entry(key, found)})


def _client(document: Document, key: Place, written: Node) -> Node:
    """The whole tree of the client that is named. Raises `FileError`."""
    other = named_by(document, key, written, shipped.known_clients(), "play")
    if other.path and document.path and other.path.resolve() == document.path.resolve():
        raise error_at(written.place, "a fleet cannot be a member of itself")
    if is_fleet(other):
        name = quoted(written.written) if isinstance(written, Scalar) else ""
        raise error_at(written.place, f"{name} is a fleet itself: list its members here, each with its share")
    whole = Client.assembled(other)
    whole.validate(Client)
    return whole.root
