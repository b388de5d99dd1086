"""Every row of the table, on real sockets and in virtual time, with either generation of the SDK."""

from __future__ import annotations

import pytest

from brownout.fakes.faults import FAULTS

from .conftest import Here
from .networks import NONE, Network, Style
from .older import Child
from .sdk_faults import THROUGH_THE_SDK, Row

PLAYED = [(row, *way) for row in THROUGH_THE_SDK for way in row.played]


@pytest.mark.parametrize(("row", "network", "style"), PLAYED, ids=str)
def test_the_sdk_makes_this_of_it(row: Row, network: Network, style: Style, sdk: Here | Child) -> None:
    """The exception and its cause, the requests, connections and tokens before it, are those that the table has."""
    assert sdk.play(row.case(network, style)) == row.seen_by(sdk.major)


@pytest.mark.parametrize("major", ["2", "0"])
@pytest.mark.parametrize("row", THROUGH_THE_SDK, ids=str)
def test_no_row_is_what_is_seen_of_nothing(row: Row, major: str) -> None:
    """So that none passes by itself: the rows without any trouble, which are played as all others, say what that is."""
    untroubled = {each.how: each.seen_by(major) for each in THROUGH_THE_SDK if each.trouble == NONE}
    assert (row.trouble == NONE) is (row.seen_by(major) == untroubled[row.how])


@pytest.mark.parametrize("network", ["wire", "virtual"])
def test_every_kind_is_observed(network: Network) -> None:
    """A fault without a row for a network has never been seen there by anybody."""
    played = {kind for kind, fault in FAULTS.items() if not fault.fidelity[network].startswith("not available")}
    seen = {row.trouble["kind"] for row in THROUGH_THE_SDK if network in row.networks}
    assert played - seen == {"wrong_type"}  # of which the SDK takes no notice
