"""What a monitor holds at one moment, and the figures that are made of it once nobody has to wait for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .breakers import Turns
from .counts import Counts
from .figures import BreakerState, Figures, GroupFigures, Snapshot, Window
from .slots import Group, Slot, merged
from .watching import RuleState


class Held(NamedTuple):
    """Within the windows. Nothing of it changes any more."""

    name: str
    at: float
    windows: Mapping[str, float]
    """Name -> seconds."""
    slots: Mapping[Group, list[list[Slot]]]
    """Of each group for each window what it holds; so are the turns of breakers."""
    turns: list[list[Turns]]
    state: BreakerState
    rules: tuple[RuleState, ...]
    dropped: int


class Totals(NamedTuple):
    """Since the beginning, which is what is scraped. Nothing of it changes any more."""

    name: str
    groups: Mapping[Group, Counts]
    turns: Turns
    state: BreakerState
    rules: tuple[RuleState, ...]
    dropped: int


def snapshot(held: Held) -> Snapshot:
    """The figures."""
    windows = tuple(_window(held, place, name) for place, name in enumerate(held.windows))
    return Snapshot(held.name, held.at, windows, held.state, held.rules, held.dropped)


def _window(held: Held, place: int, name: str) -> Window:
    groups = {each: merged(windows[place]) for each, windows in held.slots.items()}
    turns = Turns()
    for slot in held.turns[place]:
        turns.merge(slot)
    return Window(
        name,
        held.windows[name],
        Figures.of(merged(groups.values())),
        tuple(GroupFigures(each.model, each.endpoint, Figures.of(slot)) for each, slot in groups.items()),
        turns.named(),
    )
