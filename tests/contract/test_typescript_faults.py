"""Every row of the table of the TypeScript SDK, on real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from brownout.fakes.faults import FAULTS

from .networks import NONE
from .typescript import TypeScript
from .typescript_faults import ELSEWHERE, THROUGH_TYPESCRIPT, UNSEEN, Row


@pytest.fixture(scope="session")
def program() -> Iterator[TypeScript]:
    made = TypeScript()
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.parametrize("row", THROUGH_TYPESCRIPT, ids=str)
def test_the_sdk_makes_this_of_it(row: Row, program: TypeScript) -> None:
    """The class of the error and its cause, the requests, and the texts before it, are those that the table has."""
    told = program.play(row.trouble, row.how)
    assert row.allows(told), f"{told} is not {row.expected}"


@pytest.mark.slow
def test_a_good_certificate_is_trusted(program: TypeScript) -> None:
    """So that those that are bad are refused for what is wrong with them."""
    assert program.play(NONE, "create", is_secure=True).stop_reason == "end_turn"


@pytest.mark.parametrize("row", THROUGH_TYPESCRIPT, ids=str)
def test_no_row_is_what_is_seen_of_nothing(row: Row) -> None:
    """So that none passes by itself: the first two say what is seen without any trouble."""
    untroubled = {each.how: each.expected for each in THROUGH_TYPESCRIPT if each.trouble == NONE}
    assert (row.trouble == NONE) is (row.expected == untroubled[row.how])


def test_every_kind_is_observed() -> None:
    """A fault without a row has never been seen there by anybody."""
    assert {row.trouble["kind"] for row in THROUGH_TYPESCRIPT} == set(FAULTS) - UNSEEN - ELSEWHERE
