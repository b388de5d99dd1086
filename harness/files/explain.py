"""Finds what a model complains about in the file it came from, and says it in people's words.

Pydantic names places by keys and indexes, and inside unions by the alternative it tried as well. A
value that fits no alternative is complained about once for each; here those become one message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .errors import LocatedError, LocatedErrors, Location
from .messages import Said, say, unquoted
from .published import Published
from .suggest import did_you_mean, listed, nearest, quoted
from .tree import Mapping, Node, Place, Reached, Scalar, follow, is_broken, scalars

MOST = 500
"""Complaints explained; nobody reads more, and each costs a search."""
KEY = "[key]"
"""Pydantic's word for the key of a mapping, not the value, after the key itself."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint of a model, with its place in the file."""

    kind: str
    """Pydantic's type of the error."""
    path: Location
    node: Node
    place: Place
    said: Said
    tried: tuple[tuple[int, str | int], ...] = ()
    """Of each union on the way, its depth in the path and the alternative that complains."""
    key: str = ""
    """The key that is missing, or that an unknown one was meant to be."""


def explain(error: ValidationError, root: Node, schema: Published) -> Iterator[tuple[Place | None, str]]:
    """Each thing wrong with the file: where, None for nowhere in particular, and what."""
    details = error.errors(include_url=False)
    found = (c for detail in details[:MOST] for c in _complaints(detail, root, schema))
    settled = _settle([c for c in found if not _is_known(c)], 0)
    for complaint in _causes(settled):
        yield complaint.place, complaint.said.about(complaint.node)
    if len(details) > MOST:
        yield None, f"{len(details) - MOST} problems more"


def _complaints(detail: ErrorDetails, root: Node, schema: Published) -> Iterator[Complaint]:
    kind, loc, context = detail["type"], detail["loc"], detail.get("ctx", {})
    error = context.get("error")
    if isinstance(error, LocatedError | LocatedErrors):
        for part in error.errors if isinstance(error, LocatedErrors) else (error,):
            yield _located(part, kind, loc, root)
    elif kind == "missing":
        yield _missing(str(loc[-1]), follow(root, loc[:-1]))
    elif kind == "extra_forbidden":
        yield _unknown(str(loc[-1]), follow(root, loc[:-1]), schema)
    else:
        yield _value(kind, context, detail["msg"], follow(root, loc), schema)


def _located(error: LocatedError, kind: str, loc: Location, root: Node) -> Complaint:
    start, end = follow(root, loc), follow(root, (*loc, *error.loc))
    place = end.key if error.on_key else end.node.place
    said = Said(sentence=str(error))
    return Complaint(kind, end.path, end.node, place, said, start.astray)


def _missing(key: str, owner: Reached) -> Complaint:
    said = Said(sentence=f"missing key {quoted(key)}")
    is_nothing = isinstance(owner.node, Scalar) and owner.node.value is None
    place = owner.key if is_nothing else owner.node.place  # nothing stands nowhere
    return Complaint("missing", owner.path, owner.node, place, said, owner.astray, key)


def _unknown(name: str, owner: Reached, schema: Published) -> Complaint:
    known = schema.keys(owner.path)
    entry = owner.node.entries.get(name) if isinstance(owner.node, Mapping) else None
    free = known - owner.node.entries.keys() if isinstance(owner.node, Mapping) else known
    near = nearest(name, free)
    if name in known:  # right in another alternative of a union
        others = sorted((known - free) - schema.keys(owner.path, beside=name))
        said = Said(sentence=f"key {quoted(name)} does not go with {listed(map(quoted, others)) or 'the others'}")
    else:
        said = Said(sentence=f"unknown key {quoted(name)}{did_you_mean(name, free if near else known)}")
    node, place = (entry.node, entry.key) if entry else (owner.node, owner.node.place)
    path = (*owner.path, name)
    return Complaint("extra_forbidden", path, node, place, said, owner.astray, near or "")


def _value(
    kind: str,
    context: dict[str, Any],
    message: str,
    reached: Reached,
    schema: Published,
) -> Complaint:
    tried = tuple(step for step in reached.astray if step[1] != KEY)
    node, place = reached.node, reached.node.place
    if tried != reached.astray and reached.path:  # the complaint is about the key itself
        place = reached.key
        node = Scalar(place, str(reached.path[-1]), str(reached.path[-1]))
    elif kind == "union_tag_invalid":
        place = follow(node, (unquoted(context["discriminator"]),)).node.place
    said = say(kind, context, message, node, schema.names(reached.path), schema.keys(reached.path))
    return Complaint(kind, reached.path, node, place, said, tried)


def _is_known(complaint: Complaint) -> bool:
    """Whether it is about a value that was found broken before any model saw it, or about how few others there are."""
    if complaint.kind == "too_short":
        return any(node.is_broken for _, node in scalars(complaint.node))
    return is_broken(complaint.node) and complaint.kind != "extra_forbidden"


def _causes(complaints: list[Complaint]) -> Iterator[Complaint]:
    """Without those that go without saying once the others are said."""
    misspelt = {(c.path[:-1], c.key) for c in complaints if c.kind == "extra_forbidden"}
    within = {c.path[:depth] for c in complaints for depth in range(len(c.path))}
    for complaint in complaints:
        # The right key is missing where a wrong one stands, and pydantic does not count wrong items.
        is_missing = complaint.kind == "missing" and (complaint.path, complaint.key) in misspelt
        is_short = complaint.kind == "too_short" and complaint.path in within
        if not is_missing and not is_short:
            yield complaint


def _settle(complaints: list[Complaint], level: int) -> list[Complaint]:
    """One verdict for each union, in place of one for each of its alternatives."""
    settled = [c for c in complaints if len(c.tried) <= level]
    unions: dict[Location, dict[str | int, list[Complaint]]] = {}
    for complaint in complaints:
        if len(complaint.tried) > level:
            depth, alternative = complaint.tried[level]
            union = unions.setdefault(complaint.path[:depth], {})
            union.setdefault(alternative, []).append(complaint)
    for site, alternatives in unions.items():
        verdicts = [_settle(group, level + 1) for group in alternatives.values()]
        settled += _decide(verdicts, site) if len(verdicts) > 1 else verdicts[0]
    return settled


def _decide(verdicts: list[list[Complaint]], site: Location) -> list[Complaint]:
    """What to say of a value that fits none of several alternatives."""
    inside = [verdict for verdict in verdicts if any(_is_inside(c, site) for c in verdict)]
    if inside:  # the value has the shape of these, so one of them was meant: the nearest
        return min(inside, key=len)
    every = [complaint for verdict in verdicts for complaint in verdict]
    if particular := [c for c in every if not c.said.expected]:
        return particular
    expected = tuple(dict.fromkeys(choice for c in every for choice in c.said.expected))
    hint = next((c.said.hint for c in every if c.said.hint), "")
    return [replace(every[0], said=Said(expected, hint=hint))]


def _is_inside(complaint: Complaint, site: Location) -> bool:
    return complaint.path != site or complaint.kind in ("missing", "extra_forbidden")
