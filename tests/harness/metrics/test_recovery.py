"""Time to recover, against a reference that tries every moment; and runs that never do."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Absent
from brownout.harness.scenario import Scenario

from .ledgers import NEVER, call, measured, scenario, served, why_absent

FAULTY = {"for": "10s", "faults": [{"kind": "overload"}]}
HUNDRED = scenario(timeline=[FAULTY, {"for": "90s"}])
"""Clear after 10 s, over after 100 s; windows of 10 s, judged every second."""
Call = tuple[float, bool]


def run(*calls: Call) -> Ledger:
    """Calls by when they were meant, and whether they were good."""
    return Ledger(
        calls=[call(1.0 if is_good else 20.0, who=(0, i), intended=at) for i, (at, is_good) in enumerate(calls)]
    )


def every_second(bad: range = range(0), *more: range) -> Ledger:
    """A call every second, not good in those ranges."""
    return run(*((at + 0.5, not any(at in each for each in (bad, *more))) for at in range(100)))


PERFECT = every_second()


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ([range(10)], 0.0),
        ([range(0, 30)], 19.0),  # the window from 29 s on has one call in ten that is not good
        ([range(0, 55)], 44.0),
        ([range(0, 61)], 50.0),  # the last of the windows ends with the scenario
        ([range(0, 62)], NEVER),
        ([range(0, 100)], NEVER),
        ([range(0, 30), range(50, 52)], 41.0),  # dips again within three windows: the count begins anew
        ([range(0, 20), range(57, 59)], 48.0),
        ([range(0, 20), range(58, 60)], 9.0),  # dips when three windows have passed: it had recovered
        ([range(0, 30), range(90, 92)], 19.0),
        ([range(0, 70), range(90, 92)], NEVER),
    ],
)
def test_when_goodput_is_back_for_good(bad: list[range], expected: float) -> None:
    """At once, late, after a second dip, or never: the first window of 10 s at 90% that three more windows follow."""
    assert measured("time_to_recover", every_second(*bad), HUNDRED, twin=PERFECT) == expected


def test_the_mark_is_what_the_run_would_have_been_without_faults() -> None:
    """A twin that answers half its calls asks for 45%, not for 90%."""
    half = run(*((at + 0.25 * part, part < 2) for at in range(100) for part in range(4)))
    assert measured("time_to_recover", half, HUNDRED, twin=half) == 0.0
    assert measured("time_to_recover", half, HUNDRED, twin=every_second()) == NEVER


@pytest.mark.parametrize(("good", "of_twin", "calls"), [(9, 10, 10), (9, 10, 13), (18, 20, 26)])
def test_exactly_the_share_is_enough(good: int, of_twin: int, calls: int) -> None:
    """In every window 9 good calls where the twin has 10 are 90%, however the floats of 9/13 and 10/13 round."""

    def periodic(count: int) -> Ledger:
        return run(*((10.0 * k + 9.0 * i / calls, i < count) for k in range(10) for i in range(calls)))

    assert measured("time_to_recover", periodic(good), HUNDRED, twin=periodic(of_twin)) == 0.0
    assert measured("time_to_recover", periodic(good - 1), HUNDRED, twin=periodic(of_twin)) == NEVER


def test_a_window_without_calls() -> None:
    """Where the twin has none either there is nothing to miss; where it has some, silence is no goodput."""
    early = run(*((at + 0.5, True) for at in range(40)))
    assert measured("time_to_recover", early, HUNDRED, twin=early) == 0.0
    assert measured("time_to_recover", early, HUNDRED, twin=PERFECT) == NEVER
    assert measured("time_to_recover", PERFECT, HUNDRED, twin=early) == 0.0


def test_the_scenario_sets_window_and_share() -> None:
    """Windows of 2 s at half the twin's goodput are back sooner."""
    lenient = scenario(timeline=[FAULTY, {"for": "90s"}], recovery={"window": "2s", "share": "50%"})
    ledger = every_second(range(0, 30))
    assert measured("time_to_recover", ledger, lenient, twin=PERFECT) == pytest.approx(18.6)
    assert measured("time_to_recover", ledger, HUNDRED, twin=PERFECT) == 19.0


@pytest.mark.parametrize("name", ["time_to_recover", "metastable"])
@pytest.mark.parametrize(
    ("timeline", "why"),
    [
        ([{"for": "100s"}], "no phase with faults ends before the last phase"),
        ([{"for": "50s"}, {**FAULTY, "for": "50s"}], "no phase with faults ends before the last phase"),
        ([FAULTY, {"for": "39s"}], "needs 40 s after the last fault"),
    ],
)
def test_recovery_has_no_meaning_without_time_for_it(name: str, timeline: list[dict[str, object]], why: str) -> None:
    """Absent and why, rather than a run that never recovered."""
    assert why_absent(name, every_second(range(100)), scenario(timeline=timeline), twin=PERFECT) == why


@pytest.mark.parametrize("name", ["time_to_recover", "metastable"])
def test_recovery_has_no_meaning_without_a_twin(name: str) -> None:
    """There is nothing to be back at."""
    assert why_absent(name, PERFECT, HUNDRED) == "it was not played without faults"


def test_just_enough_time_is_enough() -> None:
    """Four windows: the one that is back, and three in which it stays so."""
    scene = scenario(timeline=[FAULTY, {"for": "40s"}])
    assert measured("time_to_recover", every_second(range(10)), scene, twin=PERFECT) == 0.0
    assert measured("time_to_recover", every_second(range(12)), scene, twin=PERFECT) == NEVER


def reference(here: list[Call], twin: list[Call], scene: Scenario) -> float:
    """Every second, every window, in fractions."""
    window, clear = 10, 10

    def goodput(calls: list[Call], start: int) -> Fraction | None:
        within = [is_good for at, is_good in calls if start <= at < start + window]
        return Fraction(sum(within), len(within)) if within else None

    def is_back(start: int) -> bool:
        mark, found = goodput(twin, start), goodput(here, start)
        return mark is None or (found is not None and found >= Fraction(9, 10) * mark)

    for start in range(clear, int(scene.horizon) - 4 * window + 1):
        if all(is_back(start + later) for later in range(3 * window + 1)):
            return float(start - clear)
    return math.inf


CALLS = st.lists(
    st.tuples(st.integers(0, 599).map(lambda eighth: eighth / 8), st.integers(0, 9).map(bool)), max_size=60
)


@given(CALLS, CALLS)
def test_time_to_recover_is_what_trying_every_moment_finds(here: list[Call], twin: list[Call]) -> None:
    """With calls anywhere, windows without any, and a twin that is far from perfect."""
    scene = scenario(timeline=[FAULTY, {"for": "65s"}])
    assert measured("time_to_recover", run(*here), scene, twin=run(*twin)) == reference(here, twin, scene)


@given(st.lists(st.integers(0, 74), max_size=12), st.integers(0, 40))
def test_the_same_where_calls_come_steadily(bad: list[int], until: int) -> None:
    """A bad beginning, some bad seconds later on."""
    scene = scenario(timeline=[FAULTY, {"for": "65s"}])
    calls = [(float(at), at >= until and at not in bad) for at in range(75)]
    twin = [(float(at), True) for at in range(75)]
    assert measured("time_to_recover", run(*calls), scene, twin=run(*twin)) == reference(calls, twin, scene)


def loaded(base: float, calls: int = 100, refused: int = 0) -> Ledger:
    """A twin whose calls are all good and take the service so long each; of some it refused a first request."""
    records = run(*((100.0 * i / calls, True) for i in range(calls)))
    records.journal = [served((0, i, 1), base=base) for i in range(calls)]
    records.journal += [served((0, i), base=None, granted=None, status=529) for i in range(refused)]
    return records


@pytest.mark.parametrize(
    ("slots", "base", "ends", "expected"),
    [
        (10, 5.0, NEVER, 1.0),  # half the capacity is asked for, and yet it stays down
        (10, 9.9, NEVER, 1.0),
        (10, 10.0, NEVER, 0.0),  # overloaded without any fault: down for a plain reason
        (10, 5.0, 20.0, 0.0),
        (None, 500.0, NEVER, 1.0),  # without a limit on slots no load is too much
    ],
)
def test_metastable_is_what_stays_down_below_capacity(
    slots: int | None, base: float, ends: float, expected: float
) -> None:
    """A call a second, each as much work as it is; the fault long gone."""
    server = {} if slots is None else {"capacity": {"slots": slots, "queue": 10}}
    scene = scenario(timeline=[FAULTY, {"for": "90s"}], server=server)
    here = every_second(range(0, 100 if ends == NEVER else int(ends)))
    assert measured("metastable", here, scene, twin=loaded(base)) == expected


def test_load_that_a_full_queue_turned_away_is_load() -> None:
    """Nearly twice the capacity is asked for and half of the calls never got a slot: those that did would fit."""
    scene = scenario(timeline=[FAULTY, {"for": "90s"}], server={"capacity": {"slots": 10, "queue": 0}})
    twin = loaded(19.0)
    twin.journal = [each if i % 2 else each._replace(base=None, granted=None) for i, each in enumerate(twin.journal)]
    assert measured("metastable", every_second(range(100)), scene, twin=twin) == 0.0


def test_requests_that_were_sent_again_are_no_more_load() -> None:
    """The program's own retries do not excuse it."""
    scene = scenario(timeline=[FAULTY, {"for": "90s"}], server={"capacity": {"slots": 10, "queue": 0}})
    assert measured("metastable", every_second(range(100)), scene, twin=loaded(9.0, refused=100)) == 1.0


def test_a_twin_that_never_reached_the_service_is_no_load() -> None:
    """Nothing was asked of it."""
    scene = scenario(timeline=[FAULTY, {"for": "90s"}], server={"capacity": {"slots": 10, "queue": 0}})
    found = measured("metastable", every_second(range(100)), scene, twin=PERFECT)
    assert not isinstance(found, Absent)
    assert found == 1.0
