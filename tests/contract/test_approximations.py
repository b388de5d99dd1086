"""The difference that each approximation makes is the one that the docs tell."""

from __future__ import annotations

import pytest

from brownout.fakes.faults import FAULTS

from .approximations import APPROXIMATIONS, Approximation
from .networks import Network, timed_play

CASES = [
    (row, network, is_for_some) for row in APPROXIMATIONS for network in row.networks for is_for_some in (False, True)
]


@pytest.mark.parametrize(("row", "network", "is_for_some"), CASES, ids=lambda each: getattr(each, "kind", str(each)))
def test_an_attempt_comes_to_this(row: Approximation, network: Network, is_for_some: bool) -> None:
    """In virtual time to the second; on the wire no limit is reached before its time."""
    expected = row.approximated if is_for_some else row.faithful
    seen, seconds = timed_play(row.case(network, is_for_some))
    assert seen.cause == f"httpx2.{expected.error}"
    assert seconds == expected.seconds if network == "virtual" else seconds >= expected.seconds


def test_every_approximation_is_measured() -> None:
    """One that cannot be told to whom it is for before a request was read is in the table."""
    assert {row.kind for row in APPROXIMATIONS} == {kind for kind, fault in FAULTS.items() if fault.on_connect}
