"""What alarms were worth: found or not, how soon, how long, whose, and false."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.alerts.alarms import Alarm
from brownout.harness.alerts.judging import GRACE, judged
from brownout.harness.files import FileError, loads
from brownout.harness.scenario import Scenario
from brownout.harness.troubles import Trouble

HOUR = 3600.0


def trouble(begins: float, ends: float, cause: str = "service") -> Trouble:
    return Trouble.model_validate({"from": f"{begins:.0f}s", "to": f"{ends:.0f}s", "cause": cause})


def alarm(begins: float, ends: float | None, cause: str = "service") -> Alarm:
    return Alarm("mine", begins, ends, cause)  # type: ignore[arg-type]


def test_the_first_alarm_within_finds_it() -> None:
    said = [alarm(110.0, 120.0), alarm(150.0, 230.0)]
    [found] = judged(said, [trouble(100.0, 200.0)], 10 * HOUR).found
    assert (found.delay, found.reset, found.is_right) == (10.0, 30.0, True)


def test_an_alarm_that_was_going_on_before_finds_nothing() -> None:
    """It was a false one, and told nobody of the trouble."""
    seen = judged([alarm(50.0, 300.0)], [trouble(100.0, 200.0)], 10 * HOUR)
    assert math.isinf(seen.found[0].delay)
    assert len(seen.false) == 1


def test_what_comes_soon_after_is_neither_found_nor_false() -> None:
    seen = judged([alarm(300.0, 400.0)], [trouble(100.0, 200.0)], 100 * HOUR)
    assert math.isinf(seen.found[0].delay)
    assert seen.false == ()
    assert len(judged([alarm(201.0 + GRACE, None)], [trouble(100.0, 200.0)], 100 * HOUR).false) == 1


def test_it_has_to_say_whose_it_is() -> None:
    [found] = judged([alarm(110.0, 120.0, "service")], [trouble(100.0, 200.0, "prompts")], HOUR).found
    assert found.is_right is False


def test_who_is_told_the_wrong_cause_has_lost_all_of_the_time() -> None:
    """In weeks of trouble any alarm comes once, and be it by chance."""
    [right] = judged([alarm(110.0, 120.0)], [trouble(100.0, 200.0)], HOUR).found
    [wrong] = judged([alarm(110.0, 120.0, "prompts")], [trouble(100.0, 200.0)], HOUR).found
    assert (right.lost, right.unnoticed) == (10.0, 0.1)
    assert (wrong.lost, wrong.unnoticed) == (100.0, 1.0)


def test_what_never_ends_cries_wolf_anew_every_day() -> None:
    assert judged([alarm(HOUR, 2 * HOUR), alarm(3 * HOUR, None)], [], 99 * HOUR).cried == 1 + 4


def test_time_in_which_a_rule_learns_is_no_time_without_false_alarms() -> None:
    assert judged([], [], 100 * HOUR, knows=40 * HOUR).calm == 60 * HOUR
    assert judged([], [trouble(HOUR, 50 * HOUR)], 100 * HOUR, knows=40 * HOUR).calm == 50 * HOUR - GRACE
    assert judged([], [], 100 * HOUR, knows=math.inf).calm == 0.0


def test_how_long_it_goes_on_is_not_known_where_the_run_ends_first() -> None:
    assert judged([alarm(110.0, None)], [trouble(100.0, 200.0)], HOUR).found[0].reset is None
    assert judged([alarm(110.0, 120.0)], [trouble(100.0, HOUR)], HOUR).found[0].reset is None
    assert judged([alarm(110.0, 120.0)], [trouble(100.0, 200.0)], HOUR).found[0].reset == 0.0


spans = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 50)), max_size=6).map(
    lambda found: [trouble(begins * HOUR, (begins + length) * HOUR) for begins, length in sorted(found)]
)


@given(spans, st.lists(st.integers(1, 400), max_size=20, unique=True))
def test_every_alarm_is_within_excused_or_false(troubles: list[Trouble], at: list[int]) -> None:
    lasts = 400 * HOUR
    said = [alarm(hour * HOUR, hour * HOUR + 1.0) for hour in sorted(at)]
    seen = judged(said, troubles, lasts)
    excused = [each for each in said if any(t.begins < each.begins <= t.ends + GRACE for t in troubles)]
    assert len(seen.false) == len(said) - len(excused)
    hours = sum(not any(t.begins <= hour * HOUR < t.ends + GRACE for t in troubles) for hour in range(400))
    assert math.isclose(seen.calm, hours * HOUR)
    for found in seen.found:
        assert found.delay > 0.0
        assert 0.0 <= found.unnoticed <= 1.0


WORLD = """
name: world
workload: {arrivals: {kind: poisson, rate: 1/s}}
timeline:
  - {for: 10m}
  - {for: 5m, faults: [{kind: overload}]}
  - {for: 5m, faults: [{kind: no_answer, share: 10%}]}
  - {for: 10m}
"""


def test_troubles_are_the_phases_with_faults_unless_a_file_says_otherwise() -> None:
    [found] = loads(WORLD, Scenario).wrong
    assert (found.begins, found.ends, found.cause) == (600.0, 1200.0, "service")
    assert loads(WORLD + "troubles: []", Scenario).wrong == ()
    [told] = loads(WORLD + "troubles: [{from: 1m, to: 2m, cause: prompts}]", Scenario).wrong
    assert (told.begins, told.ends, told.cause) == (60.0, 120.0, "prompts")


@pytest.mark.parametrize(
    ("troubles", "says"),
    [
        ("[{from: 20m, to: 40m}]", "one ends after 40m, and the timeline after 30m"),
        ("[{from: 1m, to: 3m}, {from: 2m, to: 4m}]", "two overlap after 2m"),
        ("[{from: 3m, to: 1m}]", "to must come after from"),
    ],
)
def test_troubles_that_cannot_be_are_refused(troubles: str, says: str) -> None:
    with pytest.raises(FileError, match=says):
        loads(WORLD + f"troubles: {troubles}", Scenario)
