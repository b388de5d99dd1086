"""How one client file's values go on top of another's. Works on trees; reads and checks nothing."""

from __future__ import annotations

from .files import Problem
from .files.suggest import did_you_mean, quoted
from .files.tree import Entry, Mapping, Node, Place, Scalar, Sequence, is_broken

INNERMOST = "sdk"


def merged(base: Mapping, own: Mapping, called: str) -> tuple[Mapping, list[Problem]]:
    """The base with the file's own values: timeouts key by key, layers by name, profiles entry by entry.

    `called` is what messages call the base.
    """
    problems: list[Problem] = []
    entries = {**base.entries, **own.entries}
    below, above = base.entries.get("timeouts"), own.entries.get("timeouts")
    if below and above:
        entries["timeouts"] = Entry(above.key, deep(below.node, above.node))
    layers = own.entries.get("layers")
    if layers and isinstance(layers.node, Mapping):
        node, problems = changed(base.entries.get("layers"), layers.node, called)
        entries.pop("layers")
        if node is not None:
            entries["layers"] = Entry(layers.key, node)
    below, above = base.entries.get("profiles"), own.entries.get("profiles")
    if below and above:
        profiles, found = _profiles(below.node, above.node, called)
        entries["profiles"] = Entry(above.key, profiles)
        problems += found
    return with_entries(own, entries), problems


def _profiles(base: Node, own: Node, called: str) -> tuple[Node, list[Problem]]:
    if not isinstance(base, Mapping) or not isinstance(own, Mapping):
        return own, []
    problems: list[Problem] = []
    entries = {**base.entries, **own.entries}
    for name in sorted(base.entries.keys() & own.entries.keys()):
        below, above = base.entries[name].node, own.entries[name].node
        if isinstance(below, Mapping) and isinstance(above, Mapping):
            node, found = _profile(below, above, f"profile {quoted(name)} of {called}")
            entries[name] = Entry(own.entries[name].key, node)
            problems += found
    return with_entries(own, entries), problems


def _profile(base: Mapping, own: Mapping, called: str) -> tuple[Node, list[Problem]]:
    layers = base.entries.get("layers")
    if layers and isinstance(layers.node, Sequence):
        return merged(base, own, called)
    return deep(base, own), []  # two sets of changes to the client's layers, one on top of the other


def changed(layers: Entry | None, changes: Mapping, called: str) -> tuple[Node | None, list[Problem]]:
    """The layers with these changes, by name: parameters one by one, and with nothing after it the layer goes.

    Without layers the default is meant. None instead of layers: those there are cannot be changed, being no list.
    """
    default = Scalar(changes.place, INNERMOST, INNERMOST)
    node: Node = layers.node if layers else Sequence(changes.place, (default,), 2, 2)
    if not isinstance(node, Sequence):
        return None, []
    items: list[Node | None] = list(node.items)
    names = [_name(item) for item in node.items]
    problems: list[Problem] = []
    for name, (key, parameters) in changes.entries.items():
        if message := _refusal(name, names, parameters, called):
            problems.append(Problem(key.file, key.line, key.column, message))
            continue
        index = names.index(name)
        item = node.items[index]
        if _is_nothing(parameters):
            items[index] = None
            continue
        before = item.entries[name].node if isinstance(item, Mapping) else None
        parameters = deep(before, parameters) if before is not None else parameters
        items[index] = mapping(item.place, {name: Entry(key, parameters)})
    left = tuple(item for item in items if item is not None)
    return Sequence(node.place, left, 1 + sum(item.weight for item in left), node.height), problems


def _refusal(name: str, names: list[str], parameters: Node, called: str) -> str:
    """What is wrong with a change of that layer, empty if nothing is."""
    if name not in names:
        known = did_you_mean(name, {each for each in names if each})
        return f"{called} has no layer {quoted(name)}{known} (to add a layer, write the whole list)"
    if names.count(name) > 1:
        return f"{called} has more than one layer {quoted(name)}: write the whole list"
    if name == INNERMOST and _is_nothing(parameters):
        return f"{quoted(name)} is the innermost layer and cannot be taken out"
    return ""


def _name(item: Node) -> str:
    """The name of a layer as it stands in a list; empty if it is none."""
    match item:
        case Scalar(value=str(name)):
            return name
        case Mapping(entries=entries) if len(entries) == 1:
            return next(iter(entries))
    return ""


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None and not is_broken(node)


def deep(base: Node, own: Node) -> Node:
    """Mappings key by key, all the way down; of anything else the file's own."""
    if not isinstance(base, Mapping) or not isinstance(own, Mapping):
        return own
    entries = dict(base.entries)
    for key, entry in own.entries.items():
        entries[key] = Entry(entry.key, deep(entries[key].node, entry.node)) if key in entries else entry
    return with_entries(own, entries)


def with_entries(node: Mapping, entries: dict[str, Entry]) -> Mapping:
    """The mapping, where it is, with these entries."""
    return mapping(node.place, entries)


def without(node: Mapping, *keys: str) -> Mapping:
    """The mapping less these keys."""
    return with_entries(node, {key: entry for key, entry in node.entries.items() if key not in keys})


def mapping(place: Place, entries: dict[str, Entry]) -> Mapping:
    """A mapping of these entries."""
    parts = [entry.node for entry in entries.values()]
    weight = 1 + sum(part.weight + 1 for part in parts)
    return Mapping(place, entries, weight, 1 + max((part.height for part in parts), default=0))
