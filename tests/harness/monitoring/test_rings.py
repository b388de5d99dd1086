"""Rolling windows, beside a list of all that ever happened."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.monitoring.rings import SLOTS, Rings

WINDOWS = (60.0, 600.0, 3600.0, 86_400.0)


class Numbers:
    """Which events were counted."""

    def __init__(self) -> None:
        self.seen: Counter[int] = Counter()

    def merge(self, other: Numbers) -> None:
        self.seen.update(other.seen)

    def copy(self) -> Numbers:
        found = Numbers()
        found.merge(self)
        return found


def together(slots: list[Numbers]) -> Counter[int]:
    found: Counter[int] = Counter()
    for slot in slots:
        found.update(slot.seen)
    return found


STEPS = st.one_of(st.floats(0.0, 10.0), st.floats(0.0, 2000.0), st.floats(0.0, 200_000.0))


@given(st.lists(st.tuples(STEPS, st.booleans()), min_size=1, max_size=60))
def test_a_window_holds_its_length_and_at_most_a_slot_more(events: list[tuple[float, bool]]) -> None:
    """Each event once, however often somebody looks in between."""
    rings = Rings(WINDOWS, Numbers)
    times = list(accumulate(step for step, _ in events))
    for number, (at, (_, looks)) in enumerate(zip(times, events, strict=True)):
        rings.current(at).seen[number] += 1
        if not looks and number < len(times) - 1:
            continue
        for seconds, slots in zip(WINDOWS, rings.within(at), strict=True):
            found = together(slots)
            assert set(found.values()) == {1}
            assert {n for n in range(number + 1) if times[n] > at - seconds} <= set(found)
            longest = seconds * (1 + 1 / SLOTS) * (1 + 1e-9)
            assert all(times[n] >= at - longest for n in found)


def test_memory_is_bounded() -> None:
    rings = Rings(WINDOWS, Numbers)
    for at in range(0, 400_000, 7):
        rings.current(float(at)).seen[0] += 1
    assert [len(slots) <= SLOTS + 1 + place + 1 for place, slots in enumerate(rings.within(400_000.0))] == [True] * 4


def test_what_was_looked_at_does_not_change_any_more() -> None:
    rings = Rings(WINDOWS, Numbers)
    rings.current(1.0).seen[0] += 1
    before = rings.within(1.0)
    rings.current(1.0).seen[0] += 1
    rings.current(500.0).seen[0] += 1
    assert [together(slots)[0] for slots in before] == [1] * 4
    assert [together(slots)[0] for slots in rings.within(500.0)] == [1, 3, 3, 3]
