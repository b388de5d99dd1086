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
from .messages import Said, say
from .published import Published
from .suggest import did_you_mean, nearest, quoted
from .tree import Mapping, Node, Place, Reached, Scalar, follow

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


def explain(
    error: ValidationError, root: Node, schema: Published
) -> Iterator[tuple[Place | None, str]]:
    """Each thing wrong: where, None for nowhere in particular, and what."""
    details = error.errors(include_url=False)
    found = (c for detail in details[:MOST] for c in _complaints(detail, root, schema))
    settled = _settle([c for c in found if not _is_known(c)], 0)
    misspelt = {(c.path[:-1], c.key) for c in settled if c.kind == "extra_forbidden"}
    for complaint in settled:
        # A misspelt key is one mistake: that the right one is missing goes without saying.
        if complaint.kind != "missing" or (complaint.path, complaint.key) not in misspelt:
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
        yield _unknown(follow(root, loc), root, schema)
    else:
        yield _value(kind, context, detail["msg"], follow(root, loc), root, schema)


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


def _unknown(reached: Reached, root: Node, schema: Published) -> Complaint:
    owner, name = reached.path[:-1], str(reached.path[-1])
    known = schema.keys(root, owner)
    mapping = follow(root, owner).node
    free = known - mapping.entries.keys() if isinstance(mapping, Mapping) else known
    near = nearest(name, free)
    said = Said(sentence=f"unknown key {quoted(name)}{did_you_mean(name, free if near else known)}")
    return Complaint(
        "extra_forbidden", reached.path, reached.node, reached.key, said, reached.astray, near or ""
    )


def _value(
    kind: str,
    context: dict[str, Any],
    message: str,
    reached: Reached,
    root: Node,
    schema: Published,
) -> Complaint:
    tried = tuple(step for step in reached.astray if step[1] != KEY)
    node, place = reached.node, reached.node.place
    if tried != reached.astray:  # the complaint is about the key itself
        place = reached.key
        node = Scalar(place, str(reached.path[-1]), str(reached.path[-1]))
    elif kind == "union_tag_invalid":
        tag = context["discriminator"].strip("'")
        place = follow(root, (*reached.path, tag)).node.place
    said = say(kind, context, message, node, schema.names(root, reached.path))
    return Complaint(kind, reached.path, node, place, said, tried)


def _is_known(complaint: Complaint) -> bool:
    return isinstance(complaint.node, Scalar) and complaint.node.is_broken


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
    *most, last = dict.fromkeys(c.said.expected for c in every)
    expected = f"{', '.join(most)} or {last}" if most else last
    hint = next((c.said.hint for c in every if c.said.hint), "")
    return [replace(every[0], said=Said(expected, hint=hint))]


def _is_inside(complaint: Complaint, site: Location) -> bool:
    return complaint.path != site or complaint.kind in ("missing", "extra_forbidden")
