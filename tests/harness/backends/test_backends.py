"""The simulator, virtual time and the wire agree; and the comparison sees it where they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brownout.harness.backends.cases import CASES
from brownout.harness.backends.comparison import Near, played, virtual, wire

RUNS = 3
"""A machine that is busy elsewhere may be late in one of them; a product that is wrong is wrong in all."""


@pytest.mark.parametrize("name", CASES)
def test_virtual_time_makes_the_records_of_the_simulator(name: str) -> None:
    case = CASES[name]
    found = virtual(name, played(case, "sim"), played(case, "virtual"))
    assert [each for each in found if not each.agrees] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_wire_is_where_the_simulator_is(name: str) -> None:
    """Call by call, or within the margins; each comparison in one of three runs."""
    case, ours = CASES[name], played(CASES[name], "sim")
    left = wire(name, case, ours, played(case, "wire"))
    for _ in range(RUNS - 1):
        left = [each for each in left if not each.agrees]
        if not left:
            break
        again = wire(name, case, ours, played(case, "wire"))
        left = [new for old in left for new in again if _what(new) == _what(old)]
    assert [each for each in left if not each.agrees] == []


def _what(each: object) -> object:
    return each.metric if isinstance(each, Near) else type(each)


def test_a_difference_would_be_seen() -> None:
    """Of a service that is a little slower, and of faults that are a little rarer."""
    case = CASES["overload"]
    ours = played(case, "sim")
    for old, new in (("median: 1s", "median: 1200ms"), ("share: 40%", "share: 30%")):
        theirs = played(replace(case, text=case.text.replace(old, new)), "sim")
        assert [each for each in virtual("overload", ours, theirs) if each.agrees] == []
        assert [each for each in wire("overload", case, ours, theirs) if not each.agrees] != []
        assert all(each.agrees for each in wire("overload", case, ours, ours))


def test_another_story_would_be_seen() -> None:
    case = CASES["scripted"]
    theirs = played(replace(case, text=case.text.replace("retry_after: 1s, ", "")), "sim")
    assert all(each.agrees for each in wire("scripted", case, theirs, theirs))
    theirs = played(replace(case, text=case.text.replace("attempts: [0, 1]", "attempts: [0]")), "sim")
    [found] = wire("scripted", case, played(case, "sim"), theirs)
    assert not found.agrees
