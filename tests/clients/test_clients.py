"""Clients that we did not write see at `brownout serve` what they would see at the service: one table for all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .players import CLIENTS, Player, needed_curl
from .table import CASES, OVER_TLS, differences

pytestmark = pytest.mark.slow
Start = Callable[[str, bool], Player]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("client", CLIENTS)
def test_it_sees_the_service(client: str, case: str, player: Start) -> None:
    """Over plain HTTP."""
    got = player(client, False)(case)
    assert not differences(case, got), got


@pytest.mark.parametrize("case", OVER_TLS)
@pytest.mark.parametrize("client", CLIENTS)
def test_it_sees_the_same_over_tls(client: str, case: str, player: Start) -> None:
    """With a certificate that it was told to trust."""
    got = player(client, True)(case)
    assert not differences(case, got), got


@pytest.mark.parametrize(
    ("required", "ends"), [("chromium,curl,npm", pytest.fail.Exception), ("npm", pytest.skip.Exception)]
)
def test_what_is_missing(required: str, ends: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tests are skipped, or fail where the environment says that it has to be there."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("BROWNOUT_REQUIRES", required)
    with pytest.raises(ends, match="curl"):
        needed_curl()
